import { expect } from 'chai';
import { IdempotencyStore } from '../../src/index.js';
import {
  checkIdempotencyHistory,
  type IdempotencyHistoryEntry,
  recordIdempotencyHistory,
} from '../../src/testing/index.js';
import { type Engine, onRealRedis } from '../support/engines.js';
import { runChaos } from './chaos.js';

const { QX_CACHE_TEST_SEED, QX_CACHE_TEST_CHAOS_ROUNDS = '1' } = process.env;
const firstSeed = Number(QX_CACHE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const seeds = Array.from({ length: Number(QX_CACHE_TEST_CHAOS_ROUNDS) }, (_, i) => firstSeed + i);
const leaseSeconds = 1;
/** A take-over needs a look at Redis, by a process that may be busy, over connections that break. */
const takeoverSlackSeconds = 3;
const keys = 200;

onRealRedis('IdempotencyStore in chaos', (engine: Engine) => {
  const base = () => ({ url: engine.url(), namespace: engine.namespace(), leaseSeconds });
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

  for (const seed of seeds) {
    it(`keeps its promises to 4 × 25 callers of 200 keys (QX_CACHE_TEST_SEED=${seed})`, async () => {
      const plan = { ...base(), seed, processes: 4, callers: 25, keys, seconds: 4 };
      const report = await runChaos(plan);
      const history = [...report.history, ...(await askAfterwards())];
      expect(check(history)).to.deep.equal([]);
      for (const [fault, count] of report.counts) {
        expect(count, `faults of the kind "${fault}"`).to.be.greaterThan(0);
      }
      const takeovers = history.filter((e) => e.type === 'run-started' && e.attempt > 1);
      expect(takeovers).to.have.length.greaterThan(0);
      const replays = history.filter((e) => e.type === 'answered' && e.replayed);
      expect(replays).to.have.length.greaterThan(keys);
    }).timeout('120s');
  }

  it('would show a completion that is not fenced', async () => {
    const { history } = await runChaos({
      ...base(),
      seed: firstSeed,
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
