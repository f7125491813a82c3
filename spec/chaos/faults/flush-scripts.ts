import type { ServerFault } from './fault.js';

/** The server forgets all scripts that clients call by their hash. */
export const flushScripts: ServerFault = {
  name: 'SCRIPT FLUSH',
  on: 'server',
  lasts: [0, 0],
  isOutage: false,
  async inject(server) {
    await server.command('SCRIPT', 'FLUSH');
  },
};
