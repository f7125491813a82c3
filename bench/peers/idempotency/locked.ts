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
import type { Openable } from '../../contest/open-clients.js';
import { LEASE_SECONDS, TTL_SECONDS } from './contestant.js';

/** Runs something once for a key, under a lock. */
export type RunOnceLocked = (key: string, lock: string) => Promise<unknown>;

export type LockedContestant = Openable<RunOnceLocked>;

const VALUE = { id: 'order-1' };

class LockedCommand extends RequestData<unknown> {
  constructor(
    readonly idempotencyKey: string,
    readonly lockKey: string,
  ) {
    super();
  }
}

@requestHandler(LockedCommand)
class LockedCommandHandler {
  async handle(_command: LockedCommand): Promise<unknown> {
    return VALUE;
  }
}

export const qxLocked: LockedContestant = {
  name: 'qx-cache',
  packageName: 'qx-cache',
  settings:
    'A command with an `idempotencyKey` and a `lockKey` through `createMediator` with both behaviors.',
  async open(redis) {
    const container = new Container();
    container.bind(LockedCommandHandler).toSelf().inSingletonScope();
    container.load(qxCacheModule({ redis, settings: { namespace: 'locked' } }));
    const mediator = createMediator(container, { behaviors: [IdempotencyBehavior, LockBehavior] });
    return (key, lock) => mediator.send(new LockedCommand(key, lock));
  },
};

const BEGIN = `
local found = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'GET', 'PX', ARGV[2])
if found then return { 'found', found } end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return { 'begun' } end
redis.call('DEL', KEYS[1])
return { 'locked' }
`;
const END = `
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`;

/** What can be done in two round trips, where one node holds both keys. */
export const floorLocked: LockedContestant = {
  name: 'floor',
  packageName: 'ioredis',
  settings:
    'Two `EVALSHA` on ioredis: one claims and locks, one stores the result and unlocks. Both keys are on one node.',
  async open(redis) {
    const begin = String(await redis.script('LOAD', BEGIN));
    const end = String(await redis.script('LOAD', END));
    let count = 0;
    return async (key, lock) => {
      count += 1;
      const keys = [`floor:${key}`, `floor:lock:${lock}`] as const;
      const owner = `c:${count}`;
      const reply = await redis.evalsha(begin, 2, ...keys, owner, LEASE_SECONDS * 1000);
      const [is] = reply as string[];
      if (is !== 'begun') throw new Error(`The floor met somebody at ${key}: ${is}.`);
      const text = JSON.stringify(VALUE);
      await redis.evalsha(end, 2, ...keys, owner, text, TTL_SECONDS * 1000);
      return VALUE;
    };
  },
};
