import type { ProcessFault } from './fault.js';

/** SIGKILL. Another process takes its place. */
export const kill: ProcessFault = {
  name: 'kill -9',
  on: 'process',
  lasts: [0, 0],
  isOutage: false,
  inject: (victim) => victim.kill(),
};
