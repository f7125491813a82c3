import type { ProcessFault } from './fault.js';

/** Breaks all connections of a process; it reconnects, and sends again what was not answered. */
export const cut: ProcessFault = {
  name: 'cut connections',
  on: 'process',
  lasts: [0, 0],
  isOutage: false,
  inject: ({ proxy }) => proxy.cut(),
};
