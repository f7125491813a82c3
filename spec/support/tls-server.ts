import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificate.js';
import { freePort } from './ports.js';
import { startRedisServer } from './redis-server.js';
import { startTlsFront } from './tls-front.js';

export interface TlsServer {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts a redis-server that speaks TLS; where it was built without, something in front of it does.
 *
 * @param clients what signed the certificates of clients, if they need one
 */
export async function startTlsServer(
  certificate: Certificate,
  clients?: string,
): Promise<TlsServer> {
  const dir = await mkdtemp(join(tmpdir(), 'qx-cache-tls-'));
  const file = async (name: string, content: string) => {
    await writeFile(join(dir, name), content);
    return join(dir, name);
  };
  const port = await freePort();
  const config = {
    'tls-port': port,
    'tls-cert-file': await file('redis.crt', certificate.cert),
    'tls-key-file': await file('redis.key', certificate.key),
    'tls-ca-cert-file': await file('clients.crt', clients ?? certificate.cert),
    'tls-auth-clients': clients ? 'yes' : 'no',
  };
  const removeFiles = () => rm(dir, { recursive: true, force: true });
  try {
    const server = await startRedisServer({ config });
    const stop = async () => void (await Promise.all([server.stop(), removeFiles()]));
    return { url: `rediss://127.0.0.1:${port}/0`, port, stop };
  } catch (error) {
    await removeFiles();
    if (!/^>>> 'tls-/m.test(String(error))) throw error;
  }
  const server = await startRedisServer();
  const front = await startTlsFront(server.port, certificate, clients);
  return {
    url: `rediss://127.0.0.1:${front.port}/0`,
    port: front.port,
    stop: async () => void (await Promise.all([front.close(), server.stop()])),
  };
}
