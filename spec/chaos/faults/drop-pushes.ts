import type { ProcessFault } from './fault.js';

/** Messages of subscriptions get lost, so that nobody is woken; all else gets through. */
export const dropPushes: ProcessFault = {
  name: 'dropped pushes',
  on: 'process',
  lasts: [0.5, 3],
  isOutage: false,
  inject: ({ proxy }) => proxy.dropPushes(),
  heal: ({ proxy }) => proxy.heal(),
};
