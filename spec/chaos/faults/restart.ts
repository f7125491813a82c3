import type { ServerFault } from './fault.js';

/** SIGKILL to the server. With `appendfsync always` it comes back with all that it ever confirmed. */
export const restart: ServerFault = {
  name: 'server restarted',
  on: 'server',
  lasts: [0.2, 1.5],
  isOutage: true,
  inject: (server) => server.kill(),
  heal: (server) => server.start(),
};
