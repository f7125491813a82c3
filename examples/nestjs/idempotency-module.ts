import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { type AsyncContext, CommandBus, type ICommand } from '@nestjs/cqrs';
import { createClient, IdempotencyKeyError, IdempotencyStore, type RedisClient } from 'qx-cache';

/** Makes every command that carries an `idempotencyKey` run once. */
@Injectable()
class IdempotentCommands implements OnModuleInit {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(IdempotencyStore) private readonly store: IdempotencyStore,
  ) {}

  /** In the bus itself and not beside it, so that the commands of sagas go through it, too. */
  onModuleInit(): void {
    const execute = this.bus.execute.bind(this.bus);
    this.bus.execute = async (command: ICommand, context?: AsyncContext) => {
      if (!('idempotencyKey' in command)) return execute(command, context);
      const { idempotencyKey, ...payload } = command;
      const { name } = command.constructor;
      if (typeof idempotencyKey !== 'string' || idempotencyKey === '') {
        throw new IdempotencyKeyError(`The idempotencyKey of ${name} must be a text.`);
      }
      const key = `${name}:${idempotencyKey}`;
      const { value } = await this.store.run(key, () => execute(command, context), {
        fingerprint: payload,
      });
      return value;
    };
  }
}

const REDIS = Symbol('REDIS');

/** The store, and its client, which ends with the application. */
@Module({})
export class IdempotencyModule implements OnModuleDestroy {
  static forRoot(url: string): DynamicModule {
    return {
      module: IdempotencyModule,
      providers: [
        { provide: REDIS, useFactory: () => createClient(url) },
        {
          provide: IdempotencyStore,
          useFactory: (redis: RedisClient) => new IdempotencyStore(redis, { ttlSeconds: 3600 }),
          inject: [REDIS],
        },
        IdempotentCommands,
      ],
      exports: [IdempotencyStore],
    };
  }

  constructor(@Inject(REDIS) private readonly redis: RedisClient) {}

  async onModuleDestroy(): Promise<void> {
    await this.redis.quit();
  }
}
