import { expect } from 'chai';
import { DistributedLock } from '../../src/lock/index.js';
import type { FromLeadWorker, ToLeadWorker } from '../lock/lead.worker.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { startWorker, type Worker } from '../support/worker.js';

type Candidate = Worker<ToLeadWorker, FromLeadWorker>;

onRealRedis('lead across processes', (engine) => {
  const candidates: Candidate[] = [];
  let lock: DistributedLock;

  beforeEach(async () => {
    lock = new DistributedLock(await engine.connect(), 'a');
  });

  afterEach(async () => {
    for (const candidate of candidates) candidate.kill();
    await Promise.all(candidates.splice(0).map(({ exited }) => exited));
  });

  async function start(count: number): Promise<void> {
    const file = new URL('../lock/lead.worker.ts', import.meta.url);
    const args = [engine.url(), engine.namespace(), JSON.stringify({ ttlSeconds: 2 })];
    candidates.push(
      ...Array.from({ length: count }, () => startWorker<ToLeadWorker, FromLeadWorker>(file, args)),
    );
    for (const candidate of candidates) {
      expect(await candidate.next()).to.deep.equal({ is: 'ready' });
    }
  }

  const termsOf = ({ messages }: Candidate) =>
    messages.flatMap((message) => (message.is === 'leads' ? [message.token] : []));

  /** The next term after this one: whose it is, by its number, and its token. */
  const termAfter = ({ token }: { token: number }) =>
    eventually(
      () => {
        const terms = candidates.flatMap((candidate, number) =>
          termsOf(candidate).map((token) => ({ number, token, candidate })),
        );
        return terms.sort((a, b) => a.token - b.token).find((term) => term.token > token);
      },
      { withinSeconds: 20 },
    );

  const says = (candidate: Candidate, is: FromLeadWorker['is']) =>
    eventually(() => candidate.messages.find((message) => message.is === is), {
      withinSeconds: 20,
    });

  const waiters = (count: number) =>
    eventually(async () => (await lock.inspect()).waiters === count, { withinSeconds: 20 });

  it('goes on after each leader that is killed', async () => {
    await start(3);
    const leaders: number[] = [];
    let term = { token: 0 };
    while (leaders.length < 3) {
      const next = await termAfter(term);
      leaders.push(next.number);
      next.candidate.kill();
      expect(await next.candidate.exited).to.equal('SIGKILL');
      term = next;
    }
    expect(leaders.sort()).to.deep.equal([0, 1, 2]);
  });

  it('takes over from a stopped leader, which learns of it and is a candidate again', async () => {
    await start(2);
    const first = await termAfter({ token: 0 });
    const { candidate, token } = first;
    candidate.stop();
    const second = await termAfter(first);
    expect(second.number).not.to.equal(first.number);
    candidate.continue();
    expect(await says(candidate, 'left')).to.deep.equal({ is: 'left', token, wasAborted: true });
    expect(await says(candidate, 'heard')).to.deep.equal({ is: 'heard', code: 'QX_LOCK_NOT_HELD' });
    await waiters(1);
    expect(termsOf(candidate)).to.deep.equal([token]);
    second.candidate.send({ do: 'return' });
    expect((await termAfter(second)).number).to.equal(first.number);
  });

  it('hands on when the work returns, and the process queues up at the end', async () => {
    await start(3);
    await waiters(2);
    const turns: number[] = [];
    let term = { token: 0 };
    while (turns.length < 7) {
      const next = await termAfter(term);
      turns.push(next.number);
      await waiters(2);
      next.candidate.send({ do: 'return' });
      term = next;
    }
    expect(new Set(turns.slice(0, 3)).size).to.equal(3);
    expect(turns.slice(3)).to.deep.equal(turns.slice(0, 4));
    expect(candidates.flatMap(({ messages }) => messages).map(({ is }) => is)).not.to.include(
      'heard',
    );
  });

  it('hands on when the work throws, and when it is stopped; the process then ends', async () => {
    await start(3);
    await waiters(2);
    const first = await termAfter({ token: 0 });
    first.candidate.send({ do: 'throw' });
    const rejected = await says(first.candidate, 'rejected');
    expect(rejected).to.deep.equal({ is: 'rejected', message: 'as told' });
    expect(await first.candidate.exited).to.equal(0);
    const second = await termAfter(first);
    for (const candidate of candidates) candidate.send({ do: 'stop' });
    for (const [number, candidate] of candidates.entries()) {
      if (number !== first.number) await says(candidate, 'resolved');
      expect(await candidate.exited).to.equal(0);
    }
    expect(second.number).not.to.equal(first.number);
  });
});
