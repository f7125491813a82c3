import { expect } from 'chai';
import type { LockEvent } from '../../src/diagnostics/index.js';
import { isLockNotHeldError, type LockNotHeldError } from '../../src/errors/index.js';
import { LeaseClock } from '../../src/lock/lease/lease-clock.js';
import { Acquisition } from '../../src/lock/queue/acquisition.js';
import type { QueueCommands } from '../../src/lock/queue/queue-commands.js';
import { Waiter } from '../../src/lock/queue/waiter.js';
import { type WaitingRoom, waitingRoomOf } from '../../src/lock/queue/waiting-room.js';
import { CLAIM_MS } from '../../src/lock/scripts/hand-on.js';
import type { RenewReply } from '../../src/lock/scripts/renew.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { type Gate, gate } from '../support/gate.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

describe('A waiter that is told that it was granted something', () => {
  const now = () => LeaseClock.now();

  function waiterThatSaw(...looks: { sentAt: number; seen: number; tookMs?: number }[]): Waiter {
    const waiter = new Waiter('p:1');
    for (const look of looks) waiter.sawNothing({ tookMs: 1, ...look });
    return waiter;
  }

  it('waits for the answer to its confirmation where answers take long', () => {
    for (const [tookMs, isUsed] of [
      [10, true],
      [300, false],
    ] as const) {
      const waiter = waiterThatSaw({ sentAt: now(), seen: 10, tookMs });
      waiter.grant(11);
      expect(waiter.freshGrant !== undefined).to.equal(isUsed);
    }
  });

  it('takes it for new when its token is above all that it has seen, until the claim ends', () => {
    const waiter = waiterThatSaw({ sentAt: now(), seen: 10 });
    waiter.grant(11);
    expect(waiter.freshGrant?.token).to.equal(11);
    expect(waiter.freshGrant?.clock.leftMs).to.be.within(CLAIM_MS / 4, CLAIM_MS);
  });

  it('does not when it has seen that token, or a later one', () => {
    for (const seen of [11, 12]) {
      const waiter = waiterThatSaw({ sentAt: now(), seen });
      waiter.grant(11);
      expect(waiter.freshGrant, `${seen}`).to.equal(undefined);
    }
  });

  it('does not when it has seen so meanwhile, in whatever order the answers came', () => {
    const [early, late] = [
      { sentAt: now() - 1, seen: 10 },
      { sentAt: now(), seen: 11 },
    ];
    for (const looks of [
      [early, late],
      [late, early],
    ]) {
      const waiter = waiterThatSaw(...looks);
      waiter.grant(11);
      expect(waiter.freshGrant).to.equal(undefined);
    }
  });

  it('does not when its last look is so old that the claim may be over', () => {
    const waiter = waiterThatSaw({ sentAt: now() - CLAIM_MS * 0.8, seen: 10 });
    waiter.grant(11);
    expect(waiter.freshGrant).to.equal(undefined);
  });

  it('does not when it has never looked, or is not told the token', () => {
    const blind = new Waiter('p:1');
    blind.grant(11);
    expect(blind.freshGrant).to.equal(undefined);
    for (const token of [undefined, Number.NaN]) {
      const waiter = waiterThatSaw({ sentAt: now(), seen: 10 });
      waiter.grant(token);
      expect(waiter.freshGrant, `${token}`).to.equal(undefined);
    }
  });

  it('forgets it when it asks again', async () => {
    const waiter = waiterThatSaw({ sentAt: now(), seen: 10 });
    waiter.grant(11);
    waiter.reset();
    expect(waiter.freshGrant).to.equal(undefined);
    expect(await waiter.wait(1, undefined, { leave: () => {} })).to.equal('timed-out');
  });
});

onEachRedis('A lease that was handed over', (engine) => {
  const events = recordEvents<LockEvent>('qx-cache:lock');
  const seen = 1000;
  let redis: Client;
  let room: WaitingRoom;
  let queue: ReturnType<typeof scriptedQueue>;

  beforeEach(async () => {
    redis = await engine.connect();
    room = waitingRoomOf(redis);
    queue = scriptedQueue();
  });

  // No confirmation is left without an answer.
  afterEach(() => queue.confirmation.open({ is: 'taken' }));

  /** A queue in which everybody waits, and whose confirmations are answered when the test says so. */
  function scriptedQueue() {
    const asked: string[] = [];
    const renewed: string[] = [];
    const givenBack: string[] = [];
    const heartbeats: string[] = [];
    /** What was granted and is not confirmed, as a heartbeat hears. */
    const pending: string[] = [];
    const confirmation: Gate<RenewReply> = gate<RenewReply>();
    const commands: QueueCommands = {
      label: { name: 'a' },
      address: 'lock:a',
      wake: 'wake:',
      mark: '',
      async acquire({ id }) {
        asked.push(id);
        return { is: 'queued', ticket: asked.length, leftMs: 60_000, seen };
      },
      renew(id) {
        renewed.push(id);
        return confirmation.opened;
      },
      forceRelease: async () => false,
      release: async () => 'released',
      async heartbeat(_, oldest) {
        heartbeats.push(oldest);
        return { granted: pending, leftMs: 60_000, isQueued: true, seen };
      },
      giveBack: (id) => void givenBack.push(id),
    };
    return { commands, asked, renewed, givenBack, heartbeats, pending, confirmation };
  }

  function wait(signal?: AbortSignal) {
    const { commands } = queue;
    const keeping = { isRenewing: true, longestMs: Number.POSITIVE_INFINITY };
    return new Acquisition({ room, commands, ttlMs: 30_000, keeping }, signal).wait(20_000);
  }

  /** Waits, and is handed the lock at once. */
  async function handedOver(token = seen + 1) {
    const waiting = wait();
    await Promise.resolve();
    const [id = ''] = queue.asked;
    room.onMessage(`${id} ${token} lock:a`);
    return { id, waiting };
  }

  async function unconfirmed() {
    const { id, waiting } = await handedOver();
    const lease = await waiting;
    if (!lease) throw new Error('no lease');
    return { id, lease };
  }

  it('is there while its confirmation is not answered yet', async () => {
    const { id, lease } = await unconfirmed();
    expect(queue.renewed).to.deep.equal([id]);
    expect(lease).to.include({ token: seen + 1, isHeld: true });
    expect(lease.signal.aborted).to.equal(false);
    await lease.release();
  });

  it('is not, before that answer, when the message may be old', async () => {
    const { id, waiting } = await handedOver(seen);
    await eventually(() => queue.renewed.length === 1);
    const first = await Promise.race([waiting, new Promise((resolve) => setImmediate(resolve))]);
    expect(first).to.equal(undefined);
    queue.confirmation.open({ is: 'renewed', token: seen + 5 });
    const lease = await waiting;
    expect(queue.renewed).to.deep.equal([id]);
    expect(lease?.token).to.equal(seen + 5);
    await lease?.release();
  });

  it('is none when the message is old and Redis does not confirm it', async () => {
    const controller = new AbortController();
    const waiting = wait(controller.signal);
    await Promise.resolve();
    const [id = ''] = queue.asked;
    queue.confirmation.open({ is: 'taken' });
    room.onMessage(`${id} ${seen} lock:a`);
    // It takes its place again.
    await eventually(() => queue.asked.length === 2);
    expect(queue.asked).to.deep.equal([id, id]);
    controller.abort();
    expect((await rejectionOf(waiting)).name).to.equal('AbortError');
    expect(events.filter(({ event }) => event === 'lost')).to.deep.equal([]);
  });

  it('ends with its claim when Redis never confirms it, and is given back', async () => {
    const { id, lease } = await unconfirmed();
    // The claim counts from a request that was sent before this.
    const sentBefore = LeaseClock.now();
    const { signal } = lease;
    await eventually(() => LeaseClock.now() >= sentBefore + CLAIM_MS);
    expect(lease.isHeld).to.equal(false);
    expect(signal.aborted).to.equal(true);
    expect((signal.reason as LockNotHeldError).reason).to.equal('expired');
    expect(queue.givenBack).to.deep.equal([id]);
    expect(isLockNotHeldError(await rejectionOf(lease.release()))).to.equal(true);
  });

  it('ends at once when Redis refuses it', async () => {
    const { lease } = await unconfirmed();
    queue.confirmation.open({ is: 'taken' });
    await lease.confirmation;
    expect(lease.isHeld).to.equal(false);
    expect((lease.signal.reason as LockNotHeldError).reason).to.equal('taken');
  });

  it('lasts for its full time once Redis has confirmed it', async () => {
    const { lease } = await unconfirmed();
    const confirmedBefore = LeaseClock.now();
    queue.confirmation.open({ is: 'renewed', token: seen + 1 });
    await lease.confirmation;
    await eventually(() => LeaseClock.now() > confirmedBefore + CLAIM_MS);
    expect(lease.isHeld).to.equal(true);
    await lease.release();
  });

  it('can be released before its confirmation is answered', async () => {
    const { lease } = await unconfirmed();
    await lease.release();
    queue.confirmation.open({ is: 'renewed', token: seen + 1 });
    await lease.confirmation;
    expect(queue.givenBack).to.deep.equal([]);
    expect(events.map(({ event }) => event)).to.deep.equal(['released']);
  });

  it('is not given back by a heartbeat that was answered before its confirmation', async () => {
    const { id, lease } = await unconfirmed();
    queue.pending.push(id);
    // A lock that it could be given back to: the room does that by itself.
    const state = `${engine.namespace()}:lock:{a}`;
    await redis.hset(state, { owner: id, token: 1, until: 4_102_444_800_000, pending: 1 });
    const controller = new AbortController();
    const other = rejectionOf(wait(controller.signal));
    // Only one that stands in the queue makes it beat.
    await eventually(() => {
      room.onListening('wake:');
      return queue.heartbeats.length > 0;
    });
    // Behind whatever it sent.
    expect(await redis.hget(state, 'owner')).to.equal(id);
    queue.confirmation.open({ is: 'renewed', token: seen + 1 });
    await lease.confirmation;
    expect(queue.givenBack).to.deep.equal([]);
    expect(lease.isHeld).to.equal(true);
    controller.abort();
    await other;
    await lease.release();
  });
});
