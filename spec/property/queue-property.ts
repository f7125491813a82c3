import { expect } from 'chai';
import fc from 'fast-check';
import { wakeChannel } from '../../src/lock/lock-keys.js';
import { eventually } from '../support/eventually.js';
import { queueActions } from './queue-actions.js';
import type { QueueRules } from './queue-model.js';
import type { Client, QueueUnderTest } from './queue-under-test.js';
import { Simulation } from './simulation.js';

/** Where a property is tried. */
export interface Laboratory {
  readonly redis: Client;
  /** Hears of all that is published in the namespace. */
  readonly listener: Client;
  readonly namespace: string;
  readonly rules: QueueRules;
  /** How many things may happen to a queue. The default is for ioredis-mock, which is slow. */
  readonly maxLength?: number;
  /** A queue that nobody has used. */
  newQueue(): QueueUnderTest;
}

/**
 * That a queue does what its model does, whatever clients, networks and operators do to it; and that it
 * wakes exactly those whose turn it is, and leaves nothing behind that does not expire.
 */
export async function queueProperty({
  redis,
  listener,
  namespace,
  rules,
  maxLength = 20,
  newQueue,
}: Laboratory) {
  const messages: string[] = [];
  listener.on('pmessage', (_pattern, _channel, message: string) => messages.push(message));
  const wake = wakeChannel(redis, namespace, '');
  await listener.psubscribe(`${wake}*`);

  return fc.asyncProperty(queueActions(maxLength), async (actions) => {
    const queue = newQueue();
    const simulation = new Simulation(queue, rules);
    for (const action of actions) await simulation.perform(action);
    await simulation.finish();

    const { ttls } = await queue.look();
    const keys = await redis.keys(queue.pattern);
    expect(keys.length, `keys: ${keys}`).to.equal(ttls.filter((ttl) => ttl !== -2).length);
    if (keys.length > 0) await redis.del(...keys);

    // What is published on this connection comes after all that was.
    const end = `end:${queue.address}`;
    await redis.publish(`${wake}end`, end);
    await eventually(() => messages.includes(end));
    const woken = messages.splice(0).flatMap((message) => {
      const [id, , address] = message.split(' ');
      return address === queue.address ? [id] : [];
    });
    expect(woken, 'who was woken').to.deep.equal(simulation.woken);
  });
}

/** A property that is there to find faults, and is tried on scripts with a fault, has to find it. */
export async function expectToFail(property: fc.IAsyncProperty<unknown>): Promise<void> {
  // Always the same examples, so that it is found each time or never.
  const tried = await fc.check(property, { seed: 1, numRuns: 300, endOnFailure: true });
  expect(tried.failed, 'found the fault').to.equal(true);
  // Anything else would be a fault of the test, or a script that does not even run.
  expect(tried.errorInstance).to.have.property('name', 'AssertionError');
}
