import type { ServerFault } from './fault.js';

/** CLIENT PAUSE: the server carries nothing out, or no writes, until the time is over. */
export const pauseServer: ServerFault = {
  name: 'CLIENT PAUSE',
  on: 'server',
  lasts: [0.3, 2],
  isOutage: true,
  async inject(server, choice, seconds) {
    const milliseconds = Math.round(seconds * 1000);
    await server.command('CLIENT', 'PAUSE', milliseconds, choice < 0.5 ? 'ALL' : 'WRITE');
  },
};
