import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port of the loopback interface on which nothing listens just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Whether a Redis server answers PING there, with an error too (it may want a password first).
 * A server that is still loading is not ready yet. Takes some 10 ms where nothing listens.
 */
export async function isAnswering(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.write('PING\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    return !reply.toString().startsWith('-LOADING');
  } catch {
    await sleep(10);
    return false;
  } finally {
    socket.destroy();
  }
}
