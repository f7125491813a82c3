import { expect } from 'chai';
import { IdempotencyStore } from '../../src/index.js';
import {
  checkIdempotencyHistory,
  type IdempotencyHistoryEntry,
  recordIdempotencyHistory,
} from '../../src/testing/index.js';
import { type Engine, onRealRedis } from '../support/engines.js';
import { type ChaosReport, runChaos } from './chaos.js';

const seed = Number(process.env.QX_CACHE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const seconds = Number(process.env.QX_CACHE_TEST_CHAOS_SECONDS ?? 4);
const leaseSeconds = 1;
/** A take-over needs a look at Redis, by a process that may be busy, over connections that break. */
const takeoverSlackSeconds = 3;
const keys = 200;

onRealRedis(`IdempotencyStore in chaos (QX_CACHE_TEST_SEED=${seed})`, (engine: Engine) => {
  const base = () => ({ url: engine.url(), namespace: engine.namespace(), seed, leaseSeconds });
  const check = (history: readonly IdempotencyHistoryEntry[]) =>
    checkIdempotencyHistory(history, { leaseSeconds, takeoverSlackSeconds });

  /** In the end, with no faults any more, every key has a result. */
  async function askAfterwards(): Promise<IdempotencyHistoryEntry[]> {
    const history: IdempotencyHistoryEntry[] = [];
    const write = (entry: IdempotencyHistoryEntry) => void history.push(entry);
    const store = new IdempotencyStore(await engine.connect(), { leaseSeconds });
    const recorded = recordIdempotencyHistory(store, { process: 'afterwards', write });
    for (let i = 0; i < keys; i += 1) await recorded.run(`key-${i}`, async () => 'afterwards');
    return history;
  }

  it('keeps its promises, with 4 processes, 25 callers in each and 200 keys', async () => {
    const report: ChaosReport = await runChaos({
      ...base(),
      processes: 4,
      callers: 25,
      keys,
      seconds,
    });
    const history = [...report.history, ...(await askAfterwards())];
    expect(check(history)).to.deep.equal([]);
    for (const [fault, count] of report.counts) {
      expect(count, `faults of the kind "${fault}"`).to.be.greaterThan(0);
    }
    const takeovers = history.filter((e) => e.type === 'run-started' && e.attempt > 1);
    expect(takeovers).to.have.length.greaterThan(0);
    const replays = history.filter((e) => e.type === 'answered' && e.replayed);
    expect(replays).to.have.length.greaterThan(keys);
  }).timeout(`${seconds + 90}s`);

  it('would show a completion that is not fenced', async () => {
    const { history } = await runChaos({
      ...base(),
      processes: 3,
      callers: 8,
      keys: 16,
      seconds: 2.5,
      faults: ['pause'],
      isUnfenced: true,
    });
    const rules = new Set(check(history).map(({ rule }) => rule));
    expect([...rules]).to.include('once');
  }).timeout('60s');
});
