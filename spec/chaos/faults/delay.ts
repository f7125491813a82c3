import type { ProcessFault } from './fault.js';

/** Replies come late, some after the time limit of their command: it was carried out all the same. */
export const delay: ProcessFault = {
  name: 'delayed replies',
  on: 'process',
  lasts: [0.5, 2],
  isOutage: true,
  inject: ({ proxy }, choice) => proxy.delay(0.05 + choice * 1.5),
  heal: ({ proxy }) => proxy.heal(),
};
