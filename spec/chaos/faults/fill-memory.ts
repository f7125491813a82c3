import type { ServerFault } from './fault.js';

/** The server has no memory left, and evicts nothing: what needs more is refused with OOM. */
export const fillMemory: ServerFault = {
  name: 'out of memory',
  on: 'server',
  lasts: [0.5, 2],
  isOutage: true,
  async inject(server) {
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', 1);
  },
  async heal(server) {
    await server.command('CONFIG', 'SET', 'maxmemory', 0);
  },
};
