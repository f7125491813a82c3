import type { ProcessFault } from './fault.js';

/** SIGSTOP, for longer than a lease or for shorter: a long pause, which a process does not notice. */
export const stop: ProcessFault = {
  name: 'SIGSTOP',
  on: 'process',
  lasts: [0.3, 2.5],
  isOutage: true,
  inject: (victim) => victim.stop(),
  heal: (victim) => victim.continue(),
};
