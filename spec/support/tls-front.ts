import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.js';

export interface TlsFront {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Speaks TLS in front of a plain server on `port`.
 *
 * @param clients what signed the certificates of clients, if they need one
 */
export async function startTlsFront(
  port: number,
  certificate: Certificate,
  clients?: string,
): Promise<TlsFront> {
  const open = new Set<TLSSocket>();
  const mutual = clients !== undefined && { ca: clients, requestCert: true };
  const server = createServer({ ...certificate, ...mutual }, (client) => {
    const plain = connect({ port, host: '127.0.0.1' });
    open.add(client);
    for (const socket of [client, plain]) socket.on('error', () => {});
    client.on('close', () => plain.destroy());
    plain.on('close', () => client.destroy());
    client.pipe(plain).pipe(client);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const client of open) client.destroy();
      await closed;
    },
  };
}
