import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type AsyncContext, CommandBus, type ICommand } from '@nestjs/cqrs';
import { IdempotencyKeyError, IdempotencyStore } from 'qx-cache';

/** Makes every command that carries an `idempotencyKey` run once. */
@Injectable()
export class IdempotentCommands implements OnModuleInit {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(IdempotencyStore) private readonly store: IdempotencyStore,
  ) {}

  /** Under the bus itself and not beside it, so that the commands of sagas go through it, too. */
  onModuleInit(): void {
    const execute = this.bus.execute.bind(this.bus);
    this.bus.execute = async (command: ICommand, context?: AsyncContext) => {
      if (!('idempotencyKey' in command)) return execute(command, context);
      const { idempotencyKey, ...payload } = command;
      const { name } = command.constructor;
      if (typeof idempotencyKey !== 'string' || idempotencyKey === '') {
        throw new IdempotencyKeyError(`The idempotencyKey of ${name} must be a text.`);
      }
      const { value } = await this.store.run(
        `${name}:${idempotencyKey}`,
        () => execute(command, context),
        { fingerprint: payload },
      );
      return value;
    };
  }
}
