import { expect } from 'chai';
import { Circumstances } from '../circumstances.js';
import type { CacheEntry, CacheOperation } from './cache-history.js';
import { checkCache } from './check-cache.js';

interface Told {
  readonly call: string;
  readonly process?: string;
  /** From when to when it took; without an end nobody knows whether it was done. */
  readonly took: readonly [asked: number, answered?: number];
  readonly answer?: unknown;
  readonly loaded?: readonly [from: number, to: number];
  readonly isFailed?: boolean;
  readonly code?: string;
}

describe('The check of a history of a cache', () => {
  function done(operation: CacheOperation, told: Told): CacheEntry[] {
    const { call, process = 'p', took, answer, loaded, isFailed = false, code } = told;
    const stamp = { process, call, key: 'a' };
    const [asked, answered] = took;
    const entries: (CacheEntry | undefined)[] = [
      { ...stamp, type: 'asked', operation, at: asked },
      loaded && { ...stamp, type: 'loading', at: loaded[0] },
      loaded && { ...stamp, type: 'loaded', isFailed, at: loaded[1] },
      code === undefined ? undefined : { ...stamp, type: 'failed', code, at: answered ?? asked },
      code !== undefined || answered === undefined
        ? undefined
        : { ...stamp, type: 'answered', answer, at: answered },
    ];
    return entries.filter((entry) => entry !== undefined);
  }

  const rulesOf = (history: readonly CacheEntry[][], circumstances = new Circumstances()) =>
    checkCache(history.flat(), circumstances).breaches.map(({ rule }) => rule);
  const lostDataAt = (from: number) => {
    const circumstances = new Circumstances();
    circumstances.losses.push({ from, to: from + 0.1 });
    return circumstances;
  };

  const one = done('set', { call: 'one', took: [0, 1], answer: true });
  const two = done('set', { call: 'two', took: [2, 3], answer: true });
  const removed = done('delete', { call: 'removed', took: [2, 3], answer: 1 });
  const got = (answer: unknown, took: Told['took'] = [4, 5]) =>
    done('get', { call: `got ${answer}`, took, answer });

  it('takes what the last write left', () => {
    expect(rulesOf([got(null, [-2, -1]), one, got('one', [1.1, 1.2]), two, got('two')])).to.be
      .empty;
    expect(rulesOf([one, removed, got(null)])).to.be.empty;
  });

  it('takes either of two writes at the same time, and one whose end nobody knows', () => {
    const beside = done('set', { call: 'beside', took: [0.5, 2], answer: true });
    expect(rulesOf([one, beside, got('one')])).to.be.empty;
    expect(rulesOf([one, beside, got('beside', [6, 7])])).to.be.empty;
    const unknown = done('set', { call: 'unknown', took: [0, 1], code: 'QX_UNAVAILABLE' });
    expect(rulesOf([unknown, two, got('unknown')])).to.be.empty;
  });

  it('refuses what a later write had replaced', () => {
    expect(rulesOf([one, two, got('one')])).to.deep.equal(['stale read']);
    expect(rulesOf([one, removed, got('one')])).to.deep.equal(['stale read']);
  });

  it('refuses that a confirmed write is gone, unless the server lost its data', () => {
    expect(rulesOf([one, got(null)])).to.deep.equal(['lost write']);
    expect(rulesOf([one, got(null)], lostDataAt(2))).to.be.empty;
  });

  it('refuses a value that nobody had stored', () => {
    expect(rulesOf([one, got('other')])).to.deep.equal(['answer']);
  });

  const load = (told: Partial<Told> = {}) =>
    done('load', { call: 'load', took: [1, 4], loaded: [2, 3], answer: 'load', ...told });

  it('refuses a load that undid a deletion', () => {
    const during = done('delete', { call: 'during', took: [2.1, 2.2], answer: 0 });
    expect(rulesOf([load(), during])).to.be.empty;
    expect(rulesOf([load(), during, got('load', [4.1, 4.2])])).to.deep.equal(['invalidation']);
  });

  it('gives those who waited for a load what it brought, whatever came meanwhile', () => {
    const during = done('delete', { call: 'during', took: [2.1, 2.2], answer: 0 });
    const waiter = done('load', { call: 'waiter', took: [2.3, 4], answer: 'load' });
    expect(rulesOf([load(), during, waiter])).to.be.empty;
  });

  it('refuses two loads at once, unless somebody wrote meanwhile', () => {
    const second = load({ call: 'second', answer: 'second', process: 'q', loaded: [2.5, 3.5] });
    expect(rulesOf([load(), second])).to.deep.equal(['one load']);
    const during = done('delete', { call: 'during', took: [2.1, 2.2], answer: 0 });
    expect(rulesOf([load(), during, second])).to.be.empty;
  });

  it('refuses a value whose time is over', () => {
    expect(rulesOf([load(), got('load', [4.5, 4.6])])).to.be.empty;
    expect(rulesOf([load(), got('load', [5.5, 5.6])])).to.deep.equal(['expiry']);
  });

  it("refuses the failure of another one's load", () => {
    const failing = { loaded: [2, 3], isFailed: true, code: 'LOAD_FAILED load' } as const;
    expect(rulesOf([load(failing)])).to.be.empty;
    const other = done('load', { call: 'other', took: [2, 4], code: 'LOAD_FAILED load' });
    expect(rulesOf([load(failing), other])).to.deep.equal(['failed load']);
  });

  it('refuses that two set a key when it was absent', () => {
    const set = (call: string, took: Told['took']) =>
      done('set when absent', { call, took, answer: true });
    expect(rulesOf([set('one', [0, 1]), set('two', [0, 1])])).to.deep.equal(['absent']);
    expect(rulesOf([set('one', [0, 1]), set('two', [2, 3])], lostDataAt(1.5))).to.be.empty;
  });
});
