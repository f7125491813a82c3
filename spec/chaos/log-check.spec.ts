import { expect } from 'chai';
import type { LogEntry } from './lock-log.js';
import { checkLog } from './log-check.js';

describe('The check of a log', () => {
  /** Twenty-two turns of two entries each, of which the first is certain. */
  const turns = Array.from({ length: 44 }, (_, i) => entry(Math.floor(i / 2) + 1));

  function entry(token: number, more: Partial<LogEntry> = {}): LogEntry {
    return { token, pid: token % 3, hasPassed: true, wasHeld: true, ...more };
  }

  /** The log, with other entries in place of those from there on. */
  const logWith = (at: number, ...others: LogEntry[]) =>
    turns.toSpliced(at, others.length, ...others);

  it('takes one turn after the other', () => {
    checkLog(turns, 'a log');
  });

  it('takes one that was late and was refused', () => {
    const late = { wasHeld: false, hasPassed: false };
    checkLog([...turns, entry(3, late), entry(3, late)], 'a log');
  });

  it('refuses two at a time', () => {
    const [one, other] = [entry(5), entry(6)];
    expect(() => checkLog(logWith(8, one, other, one, other), 'a log')).to.throw('a log');
  });

  it('refuses a token that is lower than the last', () => {
    expect(() => checkLog(logWith(8, entry(6), entry(6), entry(5), entry(5)), 'a log')).to.throw(
      'a log',
    );
  });

  it('refuses that the fence refused the owner', () => {
    expect(() => checkLog(logWith(8, entry(5, { hasPassed: false })), 'a log')).to.throw('fence');
  });

  it('refuses a token of two processes', () => {
    expect(() => checkLog(logWith(8, entry(5, { pid: 7 })), 'a log')).to.throw('whose');
  });

  it('refuses a queue that stood still', () => {
    expect(() => checkLog(turns.slice(0, 20), 'a log')).to.throw('turns');
  });
});
