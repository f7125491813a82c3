import { expect } from 'chai';
import { Circumstances } from '../circumstances.js';
import { checkHolders } from './check-holders.js';
import type { HolderEntry } from './holder-history.js';

interface Told {
  readonly process?: string;
  readonly share?: 'one' | 'all';
  readonly token?: number;
  readonly asked?: number;
  readonly acquired?: number;
  readonly held?: number;
  readonly released?: number;
  readonly failed?: number;
  readonly code?: string;
}

describe('The check of a history of holders', () => {
  let calls = 0;

  /** What one call leaves in the history: an entry for each time that is told. */
  function turn(told: Told): HolderEntry[] {
    const { process = 'p', share = 'one', token = 0, code = 'QX_LOCK_NOT_HELD' } = told;
    calls += 1;
    const stamp = { process, call: `${process}#${calls}` };
    const entries: (HolderEntry | undefined)[] = [
      { ...stamp, type: 'asked', share, waits: true, at: told.asked ?? 0 },
      told.acquired === undefined
        ? undefined
        : { ...stamp, type: 'acquired', token, at: told.acquired },
      told.held === undefined ? undefined : { ...stamp, type: 'held', at: told.held },
      told.released === undefined
        ? undefined
        : { ...stamp, type: 'releasing', at: told.released - 0.1 },
      told.released === undefined ? undefined : { ...stamp, type: 'released', at: told.released },
      told.failed === undefined ? undefined : { ...stamp, type: 'failed', code, at: told.failed },
    ];
    return entries.filter((entry) => entry !== undefined);
  }

  const rulesOf = (
    turns: readonly HolderEntry[][],
    { permits = 1, circumstances = new Circumstances() } = {},
  ) => checkHolders(turns.flat(), { permits }, circumstances).breaches.map(({ rule }) => rule);

  const first = turn({ token: 1, asked: 0, acquired: 1, held: 2, released: 3 });
  const second = turn({ token: 2, asked: 0.5, acquired: 3, held: 4, released: 5 });

  it('takes one turn after the other', () => {
    expect(rulesOf([first, second])).to.deep.equal([]);
  });

  it('takes one that was late, and knows that it is', () => {
    const late = turn({ token: 1, asked: 0, acquired: 1, held: 2, failed: 4 });
    const circumstances = new Circumstances();
    circumstances.incidents.push({ process: 'p', from: 2, to: 4, isOutage: true });
    expect(rulesOf([late, second], { circumstances })).to.deep.equal([]);
  });

  it('refuses two that were in at once', () => {
    const beside = turn({ token: 2, asked: 0.5, acquired: 1.5, held: 2.5 });
    expect(rulesOf([first, beside])).to.deep.equal(['exclusion']);
    expect(rulesOf([first, beside], { permits: 2 })).to.deep.equal([]);
  });

  it('refuses a release that succeeded when the lease was over', () => {
    const late = turn({ token: 1, asked: 0, acquired: 1, released: 4 });
    expect(rulesOf([late, second])).to.deep.equal(['exclusion']);
  });

  it('refuses a writer beside readers', () => {
    const permits = Number.POSITIVE_INFINITY;
    const reader = turn({ token: 2, asked: 0.5, acquired: 1.5, held: 2.5 });
    const writer = turn({ token: 3, asked: 0.6, acquired: 1.6, held: 2.6, share: 'all' });
    expect(rulesOf([first, reader], { permits })).to.deep.equal([]);
    expect(rulesOf([first, writer], { permits })).to.deep.equal(['exclusion']);
  });

  it('excuses whoever held it when the server lost its data', () => {
    const beside = turn({ token: 2, asked: 0.5, acquired: 1.5, held: 2.5 });
    const circumstances = new Circumstances();
    circumstances.losses.push({ from: 1.2, to: 1.4 });
    expect(rulesOf([first, beside], { circumstances })).to.deep.equal([]);
  });

  it('refuses a token that does not grow, also when the server lost its data', () => {
    const circumstances = new Circumstances();
    circumstances.losses.push({ from: 3, to: 3.2 });
    const lower = turn({ token: 1, asked: 3.5, acquired: 4 });
    expect(rulesOf([second, lower], { circumstances })).to.include('token');
    expect(rulesOf([first, turn({ token: 1, asked: 0.5, acquired: 4 })])).to.deep.equal(['token']);
  });

  it('refuses that one was overtaken who was well, and excuses it for one who was not', () => {
    const early = turn({ process: 'a', token: 3, asked: 0, acquired: 5 });
    const late = turn({ process: 'b', token: 2, asked: 2, acquired: 4 });
    expect(rulesOf([early, late])).to.deep.equal(['fair']);
    const circumstances = new Circumstances();
    circumstances.incidents.push({ process: 'a', from: 1, to: 2, isOutage: false });
    expect(rulesOf([early, late], { circumstances })).to.deep.equal([]);
  });

  it('refuses that a lease was lost for no reason', () => {
    const lost = turn({ token: 1, asked: 0, acquired: 1, failed: 2 });
    expect(rulesOf([lost])).to.deep.equal(['kept']);
  });

  it('refuses a queue that stood still, but not for an outage of all', () => {
    const later = turn({ token: 2, asked: 20, acquired: 21 });
    expect(rulesOf([first, later])).to.deep.equal(['goes on']);
    const circumstances = new Circumstances();
    circumstances.incidents.push({ from: 4, to: 12, isOutage: true });
    expect(rulesOf([first, later], { circumstances })).to.deep.equal([]);
  });

  it('refuses an error that is not promised, and any when all is well again', () => {
    expect(rulesOf([turn({ asked: 0, failed: 1, code: 'ECONNRESET' })])).to.deep.equal([
      'typed errors',
    ]);
    const afterwards = { process: 'afterwards', asked: 0, failed: 1, code: 'QX_UNAVAILABLE' };
    expect(rulesOf([turn(afterwards)])).to.deep.equal(['resumes']);
  });
});
