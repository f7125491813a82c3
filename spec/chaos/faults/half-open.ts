import type { ProcessFault } from './fault.js';

/** Connections stay open, and nothing gets through: what a firewall leaves behind that forgot them. */
export const halfOpen: ProcessFault = {
  name: 'half-open connections',
  on: 'process',
  lasts: [0.3, 2.5],
  isOutage: true,
  inject: ({ proxy }) => proxy.blackhole(),
  heal: ({ proxy }) => proxy.heal(),
};
