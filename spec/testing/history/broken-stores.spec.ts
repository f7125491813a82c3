import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import {
  checkIdempotencyHistory,
  historySeconds,
  type IdempotencyHistoryEntry,
  recordIdempotencyHistory,
} from '../../../src/testing/index.js';
import { gate } from '../../support/gate.js';
import { type Defect, ToyStore } from './toy-store.js';

const leaseSeconds = 0.2;
/** For a store that does well this only bounds how long the machine may stand still. */
const generousSlackSeconds = 10;

/** What at least one violation of a broken store's history has to be about. */
const defects: Record<Defect, string> = {
  'reads first and writes later': 'overlap',
  'does not fence a late owner': 'once',
  'takes over at once': 'too-early',
  'never takes over': 'too-late',
  'stores what failed': 'answer',
  'has one token for all': 'claim',
  'does not count take-overs': 'claim',
  'changes what is stored': 'answer',
};

/** What three processes may do to a store: race, fail, die, stand still. */
async function historyOf(store: ToyStore): Promise<IdempotencyHistoryEntry[]> {
  const history: IdempotencyHistoryEntry[] = [];
  const write = (entry: IdempotencyHistoryEntry) => void history.push(entry);
  const startProcess = (process: string) => recordIdempotencyHistory(store, { process, write });
  const tell = (type: 'killed' | 'stopped' | 'continued', process: string) =>
    write({ type, at: historySeconds(), process });
  const [p, q, r] = ['p', 'q', 'r'].map(startProcess) as [ToyStore, ToyStore, ToyStore];
  const later = async (value: string) => {
    await sleep(20);
    return value;
  };

  const race = async () => {
    await Promise.allSettled([p, q, r].map((each, i) => each.run('race', () => later(`by ${i}`))));
    for (let i = 0; i < 20; i += 1) await r.run('race', () => later('again'));
  };
  const failure = async () => {
    const declined = () => Promise.reject(new Error('declined'));
    await p.run('failure', declined).catch(() => {});
    await Promise.allSettled([q, r].map((each) => each.run('failure', () => later('better'))));
  };
  const death = async () => {
    const mortal = startProcess('mortal');
    const started = gate();
    void mortal.run('death', () => {
      started.open();
      return new Promise(() => {});
    });
    await started.opened;
    tell('killed', 'mortal');
    await Promise.allSettled([q, r].map((each) => each.run('death', () => later('second'))));
  };
  const standstill = async () => {
    const sleeper = startProcess('sleeper');
    const [started, finish] = [gate(), gate()];
    const late = sleeper.run('standstill', async () => {
      started.open();
      await finish.opened;
      return 'late';
    });
    late.catch(() => {});
    await started.opened;
    tell('stopped', 'sleeper');
    const next = q.run('standstill', () => later('second'));
    await next.catch(() => {});
    tell('continued', 'sleeper');
    finish.open();
    await late.catch(() => {});
    await r.run('standstill', () => later('third')).catch(() => {});
  };
  await Promise.all([race(), failure(), death(), standstill()]);
  return history;
}

describe('the history of a store', () => {
  it('that keeps its promises shows nothing wrong', async () => {
    const history = await historyOf(new ToyStore({ leaseSeconds, waitSeconds: 20 }));
    const options = { leaseSeconds, takeoverSlackSeconds: generousSlackSeconds };
    expect(checkIdempotencyHistory(history, options)).to.deep.equal([]);
    expect(history.filter(({ type }) => type === 'run-started')).to.have.length(7);
  });

  for (const [defect, rule] of Object.entries(defects)) {
    it(`that ${defect} is caught`, async () => {
      const store = new ToyStore({ leaseSeconds, waitSeconds: 0.5, defect: defect as Defect });
      const history = await historyOf(store);
      const options = { leaseSeconds, takeoverSlackSeconds: 0.1 };
      const rules = checkIdempotencyHistory(history, options).map((violation) => violation.rule);
      expect(rules).to.include(rule);
    });
  }
});
