import type { ProcessFault } from './fault.js';

const longestSeconds = 86_400;

/** The wall clock of one process jumps by up to a day, ahead or back, and later returns. */
export const skewClock: ProcessFault = {
  name: 'skewed wall clock',
  on: 'process',
  lasts: [1, 5],
  isOutage: false,
  inject: (victim, choice) => victim.skewClock((choice - 0.5) * 2 * longestSeconds),
  heal: (victim) => victim.skewClock(0),
};
