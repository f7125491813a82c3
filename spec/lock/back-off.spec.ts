import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { backOff, backOffSeconds } from '../../src/lock/leader/back-off.js';

describe('The pause between attempts', () => {
  const samples = (failures: number) => Array.from({ length: 200 }, () => backOffSeconds(failures));

  it('grows from one second to fifteen, and by no more after an outage of hours', () => {
    for (const [failures, longest] of [
      [0, 1],
      [1, 2],
      [3, 8],
      [4, 15],
      [100_000, 15],
    ] as const) {
      for (const seconds of samples(failures)) expect(seconds).to.be.within(longest / 2, longest);
    }
  });

  it('differs from process to process', () => {
    expect(new Set(samples(4)).size).to.be.greaterThan(100);
  });

  it('ends at once when the signal aborts, and leaves no listener on it', async () => {
    const controller = new AbortController();
    const pausing = backOff(100_000, controller.signal);
    controller.abort();
    await pausing;
    await backOff(100_000, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([]);
  });
});
