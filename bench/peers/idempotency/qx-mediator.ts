import 'reflect-metadata';
import { Container } from 'inversify';
import { RequestData, requestHandler } from 'mediatr-ts';
// The built library, as users get it.
import {
  createMediator,
  IdempotencyBehavior,
  LockBehavior,
  qxCacheModule,
} from '../../../dist/mediator/index.js';
import {
  type IdempotencyContestant,
  LEASE_SECONDS,
  TTL_SECONDS,
  WAIT_SECONDS,
  type Work,
} from './contestant.js';

class RunOnceCommand extends RequestData<unknown> {
  // Not a field of its payload.
  readonly #work: Work;

  constructor(
    readonly idempotencyKey: string,
    work: Work,
  ) {
    super();
    this.#work = work;
  }

  execute(): Promise<unknown> {
    return this.#work();
  }
}

@requestHandler(RunOnceCommand)
class RunOnceHandler {
  handle(command: RunOnceCommand): Promise<unknown> {
    return command.execute();
  }
}

export const qxMediator: IdempotencyContestant = {
  name: 'qx-cache, mediator',
  packageName: 'qx-cache',
  settings:
    'A command with an `idempotencyKey` through `createMediator` with both behaviors, as documented. It compares payloads.',

  async open(redis) {
    const container = new Container();
    container.bind(RunOnceHandler).toSelf().inSingletonScope();
    const idempotency = {
      ttlSeconds: TTL_SECONDS,
      leaseSeconds: LEASE_SECONDS,
      waitSeconds: WAIT_SECONDS,
    };
    container.load(qxCacheModule({ redis, settings: { namespace: 'mediator' }, idempotency }));
    const mediator = createMediator(container, { behaviors: [IdempotencyBehavior, LockBehavior] });
    return (key, work) => mediator.send(new RunOnceCommand(key, work));
  },
};
