import { expect } from 'chai';
import type { IdempotencyHistoryEntry } from '../../../src/testing/index.js';
import { Circumstances } from '../circumstances.js';
import { checkIdempotency } from './check-idempotency.js';

// The rules of the library's own judge have specs of their own, in spec/testing.
describe('The check of a history of idempotency keys under chaos', () => {
  const call = (process: string, key: string, at: number, attempt: number) => {
    const stamp = { process, call: `${process} ${key}`, key };
    const entries: IdempotencyHistoryEntry[] = [
      { ...stamp, type: 'called', at },
      { ...stamp, type: 'run-started', at: at + 0.1, attempt, token: attempt },
    ];
    return entries;
  };
  const answer = (process: string, key: string, code: string): IdempotencyHistoryEntry => ({
    process,
    call: `${process} ${key}`,
    key,
    type: 'answered',
    at: 9,
    code,
  });
  const killed = (process: string, at: number) => {
    const circumstances = new Circumstances();
    circumstances.killed.set(process, at);
    return circumstances;
  };
  const rulesOf = (history: IdempotencyHistoryEntry[], circumstances = new Circumstances()) =>
    checkIdempotency(history, circumstances).breaches.map(({ rule }) => rule);

  it('takes a take-over from one who was killed, but not of work that must not run twice', () => {
    const twice = (key: string) => [...call('a', key, 0, 1), ...call('b', key, 2, 2)];
    expect(rulesOf(twice('key-1'), killed('a', 1))).to.deep.equal([]);
    expect(rulesOf(twice('never-1'), killed('a', 1))).to.deep.equal(['never']);
  });

  it('refuses a second run that no outage explains, and excuses one for a loss of data', () => {
    const twice = [...call('a', 'key-1', 0, 1), ...call('b', 'key-1', 0.5, 2)];
    expect(rulesOf(twice)).to.include('overlap');
    const circumstances = new Circumstances();
    circumstances.losses.push({ from: 0.2, to: 0.4 });
    expect(rulesOf(twice, circumstances)).to.deep.equal([]);
  });

  it('refuses an error that is not promised', () => {
    const called = call('a', 'key-1', 0, 1).slice(0, 1);
    expect(rulesOf([...called, answer('a', 'key-1', 'QX_UNAVAILABLE')])).to.deep.equal([]);
    expect(rulesOf([...called, answer('a', 'key-1', 'ECONNRESET')])).to.deep.equal([
      'typed errors',
    ]);
  });
});
