import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container } from 'inversify';
import { RequestData, requestHandler } from 'mediatr-ts';
import type { Claim } from '../../../src/index.js';
import { heldLease } from '../../../src/lock/lease/held-locks.js';
import { lockAddress } from '../../../src/lock/lock-keys.js';
import {
  createMediator,
  currentExecution,
  type Execution,
  IdempotencyBehavior,
  LockBehavior,
  LockFactory,
  type PipelineMediator,
  qxCacheModule,
} from '../../../src/mediator/index.js';
import {
  historySeconds,
  type RunsOnce,
  recordIdempotencyHistory,
} from '../../../src/testing/index.js';
import { type CommandEntry, checkCommands } from '../checks/check-commands.js';
import type { HolderEntry } from '../checks/holder-history.js';
import { askAgain } from './ask-again.js';
import { lockOptions } from './holder-workload.js';
import { stay } from './holders.js';
import { LEASE_SECONDS, type LoadContext, type Workload } from './workload.js';

/** All processes send the same commands meanwhile, in seconds; then others. */
const epochSeconds = 2;
const keysPerEpoch = 20;
const lockKey = 'commands';
/** Keys are told by what they are stored under: so do the events of the store. */
const prefix = 'Locked:';

const handlers = new WeakMap<object, () => Promise<string>>();

/** Its key and its lock are asked for in one script. */
class Locked extends RequestData<string> {
  readonly lockKey = lockKey;

  constructor(
    readonly idempotencyKey: string,
    handle: () => Promise<string>,
  ) {
    super();
    handlers.set(this, handle);
  }
}

@requestHandler(Locked)
class LockedHandler {
  async handle(command: Locked): Promise<string> {
    return (await handlers.get(command)?.()) ?? '';
  }
}

function applicationOn({ redis, process, write }: LoadContext) {
  const idempotency = { leaseSeconds: LEASE_SECONDS, ttlSeconds: 3600, waitSeconds: 15 };
  const container = new Container();
  container.bind(LockedHandler).toSelf();
  container.load(qxCacheModule({ redis, idempotency, lock: lockOptions }));
  const mediator = createMediator(container, { behaviors: [IdempotencyBehavior, LockBehavior] });
  const { scope } = container.get(LockFactory);
  return {
    store: recordIdempotencyHistory(sentBy(mediator), { process, write }),
    lease: () => heldLease(scope, { address: lockAddress(lockKey), mark: '' }),
  };
}

/** What sends a command for each run, so that a history of it is that of a store. */
function sentBy(mediator: PipelineMediator): RunsOnce {
  return {
    async run<T>(key: string, work: (claim: Claim) => Promise<T>) {
      let replayed = true;
      const command = new Locked(key.slice(prefix.length), () => {
        replayed = false;
        const { attempt, claimToken: token, signal } = currentExecution() as Execution;
        return work({ attempt, token, signal } as Claim) as Promise<string>;
      });
      return { value: (await mediator.send(command)) as T, replayed };
    },
  };
}

let calls = 0;

/** Commands that are sent more than once: each has its key, and all share a lock. */
export const commands: Workload = {
  name: 'commands',
  callers: 3,
  start(context) {
    const { process, startedAt, write } = context;
    const { store, lease } = applicationOn(context);
    return async (random) => {
      const epoch = Math.floor((historySeconds() - startedAt) / epochSeconds);
      const key = `${prefix}key-${epoch}-${random.below(keysPerEpoch)}`;
      const seconds = random.chance(0.02) ? LEASE_SECONDS * 1.5 : random.next() * 0.02;
      const isFailing = random.chance(0.2);
      calls += 1;
      const stamp = { process, call: `${process} ${calls}` };
      const work = async () => {
        context.holds();
        const held = lease();
        if (!held) throw new Error('A handler ran without its lock.');
        const acquired: HolderEntry = {
          ...stamp,
          type: 'acquired',
          at: historySeconds(),
          token: held.token,
        };
        write(acquired);
        await stay(held, seconds, (at) => write({ ...stamp, type: 'held', at } as HolderEntry));
        if (isFailing) throw Object.assign(new Error('declined'), { code: 'DECLINED' });
        return `${process}, ${historySeconds()}`;
      };
      const asked = { ...stamp, type: 'asked', at: historySeconds(), share: 'one', waits: true };
      write(asked);
      await store.run(key, work).catch(() => {});
      await sleep(random.next() * 50);
    };
  },

  /** Every key has a response, or gets one. */
  async goOn(context, history) {
    const { store } = applicationOn(context);
    await askAgain(history, (key) => store.run(key, async () => 'afterwards'));
  },

  check: (history, circumstances) =>
    checkCommands(history as readonly CommandEntry[], circumstances),
};
