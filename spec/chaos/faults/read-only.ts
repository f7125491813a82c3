import type { ServerFault } from './fault.js';

/** A port of the loopback interface on which no Redis ever listens. */
const nowhere = 1;

/** The server becomes the replica of one that is not there, and refuses writes; then a primary again. */
export const readOnly: ServerFault = {
  name: 'read-only replica',
  on: 'server',
  lasts: [0.5, 2],
  isOutage: true,
  async inject(server) {
    await server.command('REPLICAOF', '127.0.0.1', nowhere);
  },
  async heal(server) {
    await server.command('REPLICAOF', 'NO', 'ONE');
  },
};
