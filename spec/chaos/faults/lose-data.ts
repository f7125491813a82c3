import type { ServerFault } from './fault.js';

/** The server is killed and comes back empty, as one does that persists nothing. */
export const loseData: ServerFault = {
  name: 'server lost its data',
  on: 'server',
  lasts: [0.2, 1],
  isOutage: true,
  losesData: true,
  inject: (server) => server.kill(),
  async heal(server) {
    await server.forget();
    await server.start();
  },
};
