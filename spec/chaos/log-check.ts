import { expect } from 'chai';
import type { LogEntry } from './lock-log.js';

/**
 * Checks that nobody was in who should not have been.
 *
 * An entry was made under a lease for certain if that was still held when the entry had been answered,
 * as the next entry with that token tells. Any other entry may have been late: its process was stopped,
 * or the lease ended meanwhile. That can't be prevented, but it is what the fence is for.
 */
export function checkLog(entries: readonly LogEntry[], name: string): void {
  const nextIsHeld = new Map<number, boolean>();
  const certain: LogEntry[] = [];
  for (const entry of [...entries].reverse()) {
    if (nextIsHeld.get(entry.token)) certain.unshift(entry);
    nextIsHeld.set(entry.token, entry.wasHeld);
  }

  // One after the other, so the lease of each token was over before the next began.
  const tokens = certain.map(({ token }) => token);
  expect(tokens, name).to.deep.equal([...tokens].sort((a, b) => a - b));
  expect(new Set(tokens).size, `${name}: turns`).to.be.greaterThan(20);
  const refused = certain.filter(({ hasPassed }) => !hasPassed);
  expect(refused, `${name}: refused by the fence`).to.deep.equal([]);
  const passed = entries.filter(({ hasPassed }) => hasPassed).map(({ token }) => token);
  expect(passed, `${name}: passed the fence`).to.deep.equal([...passed].sort((a, b) => a - b));

  const pids = new Map<number, number>();
  for (const { token, pid } of entries) {
    expect(pids.get(token) ?? pid, `${name}: whose token ${token} is`).to.equal(pid);
    pids.set(token, pid);
  }
}
