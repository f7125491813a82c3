import { expect } from 'chai';
import { IdempotencyStore, Result, type ResultAdapter } from '../../../src/index.js';
import {
  checkIdempotencyHistory,
  type IdempotencyHistoryEntry,
  type RunsOnce,
  recordIdempotencyHistory,
} from '../../../src/testing/index.js';
import { endLease, openRun } from '../../support/claims.js';
import { onEachRedis } from '../../support/engines.js';
import { rejectionOf } from '../../support/rejection.js';

onEachRedis('recordIdempotencyHistory', (engine) => {
  const history: IdempotencyHistoryEntry[] = [];
  const write = (entry: IdempotencyHistoryEntry) => void history.push(entry);
  beforeEach(() => void history.splice(0));

  const open = async (options?: { results?: ResultAdapter[] }) => {
    const store = new IdempotencyStore(await engine.connect(), options);
    return recordIdempotencyHistory(store, { process: 'p', write, ...options });
  };
  /** The history without what differs from one time to the next. */
  const told = () =>
    history.map(({ at: _at, ...entry }) => {
      const {
        call: _call,
        process: _process,
        key: _key,
        token: _token,
        ...facts
      } = {
        call: '',
        process: '',
        key: '',
        token: 0,
        ...entry,
      };
      return facts;
    });

  it('writes down a run and its replay, and changes neither', async () => {
    const recorded = await open();
    const first = await recorded.run('key', async () => ({ at: new Date(5) }));
    const again = await recorded.run('key', async () => ({ at: new Date(6) }));
    expect([first, again]).to.deep.equal([
      { value: { at: new Date(5) }, replayed: false },
      { value: { at: new Date(5) }, replayed: true },
    ]);
    const value = (history[2] as { value: string }).value;
    expect(told()).to.deep.equal([
      { type: 'called' },
      { type: 'run-started', attempt: 1 },
      { type: 'run-ended', outcome: 'returned', value },
      { type: 'answered', value, replayed: false },
      { type: 'called' },
      { type: 'answered', value, replayed: true },
    ]);
    expect(new Set(history.map((entry) => 'call' in entry && entry.call)).size).to.equal(2);
    expect(history.map(({ at }) => at)).to.deep.equal(history.map(({ at }) => at).sort());
    expect(checkIdempotencyHistory(history, { leaseSeconds: 30 })).to.deep.equal([]);
  });

  const failures: Record<string, (recorded: RunsOnce) => Promise<unknown>> = {
    'work that throws': (recorded) =>
      rejectionOf(recorded.run('key', () => Promise.reject(new Error('declined')))),
    'a failed Result': (recorded) =>
      recorded.run('key', async () => Result.failure(new Error('declined'))),
    'a value that storeWhen says no to': (recorded) =>
      recorded.run('key', async () => 1, { storeWhen: (value) => value > 1 }),
    'a storeWhen that throws': (recorded) =>
      rejectionOf(
        recorded.run('key', async () => 1, {
          storeWhen: () => {
            throw new Error('undecided');
          },
        }),
      ),
  };
  for (const [title, fail] of Object.entries(failures)) {
    it(`knows that ${title} gives the claim up`, async () => {
      const recorded = await open();
      await fail(recorded);
      expect(told()[2]).to.include({ type: 'run-ended', outcome: 'threw' });
      expect((await recorded.run('key', async () => 2)).replayed).to.equal(false);
      expect(checkIdempotencyHistory(history, { leaseSeconds: 30 })).to.deep.equal([]);
    });
  }

  it('knows the failures of other libraries, when it is told their kinds', async () => {
    const odd: ResultAdapter = {
      matches: (x) => typeof x === 'number',
      isSuccess: (x) => Number(x) % 2 === 0,
      valueOf: (x) => x,
      success: (x) => x,
    };
    const recorded = await open({ results: [odd] });
    await recorded.run('key', async () => 1);
    await recorded.run('key', async () => 2);
    const outcomes = history.flatMap((entry) =>
      entry.type === 'run-ended' ? [entry.outcome] : [],
    );
    expect(outcomes).to.deep.equal(['threw', 'returned']);
  });

  it('writes down that a claim was lost', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const recorded = recordIdempotencyHistory(store, { process: 'p', write });
    const late = openRun<string>(recorded, 'key');
    const claim = await late.started;
    await endLease(redis, engine, 'key');
    await recorded.run('key', async () => 'second');
    await rejectionOf(claim.renew());
    late.finish(Promise.reject(claim.signal.reason) as never);
    await rejectionOf(late.outcome);
    expect(told().slice(-2)).to.deep.equal([
      { type: 'run-ended', outcome: 'lost' },
      { type: 'answered', code: 'QX_IDEMPOTENCY_CLAIM_LOST' },
    ]);
  });

  it('writes down that a value was not recorded', async () => {
    const recorded = await open();
    await recorded.run('key', async () => () => 'no data');
    expect(told().at(-1)).to.include({ type: 'answered', unrecorded: true });
  });

  it('writes down the code of an error that a caller gets', async () => {
    const recorded = await open();
    await recorded.run('key', async () => 1, { fingerprint: 1 });
    await rejectionOf(recorded.run('key', async () => 2, { fingerprint: 2 }));
    expect(told().at(-1)).to.deep.equal({ type: 'answered', code: 'QX_IDEMPOTENCY_KEY_REUSED' });
  });
});
