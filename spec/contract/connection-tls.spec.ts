import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { certificateAuthority } from '../support/certificate.js';
import { eventually } from '../support/eventually.js';
import { startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';
import { startTlsServer, type TlsServer } from '../support/tls-server.js';
import { startWorker } from '../support/worker.js';

const authority = certificateAuthority();

interface Outcome {
  readonly reason?: string;
  readonly message?: string;
}

/** What a process that trusts these certificates, too, gets of each URL. */
async function outcomes(trusted: string, urls: readonly string[]): Promise<Outcome[]> {
  const dir = await mkdtemp(join(tmpdir(), 'qx-cache-trusted-'));
  const file = join(dir, 'ca.crt');
  await writeFile(file, trusted);
  const worker = startWorker<never, Outcome>(
    new URL('../redis/one-run-each.worker.ts', import.meta.url),
    urls,
    { env: { NODE_EXTRA_CA_CERTS: file } },
  );
  const found: Outcome[] = [];
  for (const _ of urls) found.push(await worker.next());
  expect(await worker.exited).to.equal(0);
  await rm(dir, { recursive: true });
  return found;
}

describe('createClient with rediss://', () => {
  const servers: Record<'good' | 'otherHost' | 'expired' | 'mutual', TlsServer> = {} as never;
  let trusting: Outcome[];
  let deceived: Outcome[];

  before(async () => {
    [servers.good, servers.otherHost, servers.expired, servers.mutual] = await Promise.all([
      startTlsServer(authority.issue()),
      startTlsServer(authority.issue({ host: 'redis.example' })),
      startTlsServer(authority.issue({ isExpired: true })),
      startTlsServer(authority.issue(), authority.cert),
    ]);
    const { good, otherHost, expired, mutual } = servers;
    const urls = [good, otherHost, expired, mutual].map(({ url }) => url);
    [trusting, deceived] = await Promise.all([
      outcomes(authority.cert, urls),
      outcomes(certificateAuthority().cert, [good.url]),
    ]);
  });
  after(() => Promise.all(Object.values(servers).map((server) => server.stop())));

  it('works with a certificate of an authority that Node trusts, and refuses all others', async () => {
    const [works, ...refused] = trusting;
    expect(works).to.deep.equal({ value: 1, replayed: false });
    for (const { reason, message } of refused) expect(reason, message).to.equal('tls');
    expect(refused[0]?.message).to.match(/127\.0\.0\.1 .*altnames|altnames.*127\.0\.0\.1/i);
    expect(refused[1]?.message).to.match(/expired/);
    expect(refused[2]?.message).to.match(/wants a certificate of its clients/);
  });

  it('rejects with tls when nobody trusts the certificate, or another one of that name', async () => {
    const error = await rejectionOf(createClient(servers.good.url));
    expect(error).to.include({ reason: 'tls' });
    expect(error.message)
      .to.match(/unable to verify|self-signed/i)
      .and.match(/NODE_EXTRA_CA_CERTS/);
    const [refused] = deceived;
    expect(refused).to.include({ reason: 'tls' });
    expect(refused?.message)
      .to.match(/certificate/)
      .and.match(/NODE_EXTRA_CA_CERTS/);
  });

  it('rejects with tls when the server speaks no TLS', async () => {
    const server = await startRedisServer();
    const url = server.url.replace('redis:', 'rediss:');
    const error = await rejectionOf(createClient({ url, connectTimeoutSeconds: 0.5 }));
    expect(error).to.include({ reason: 'tls' });
    await server.stop();
  });

  it('says so when the server speaks TLS and the URL does not', async () => {
    const url = servers.good.url.replace('rediss:', 'redis:');
    const error = await rejectionOf(createClient({ url, connectTimeoutSeconds: 0.5 }));
    expect(error.message).to.match(/rediss:\/\//);
  });

  it('is no matter to a client of ones own, with a certificate of its own', async () => {
    const tls = { ...authority.issue(), ca: authority.cert };
    const [redis, other] = [0, 1].map(() => new Redis({ port: servers.mutual.port, tls }));
    expect((await new IdempotencyStore(redis!).run('own', async () => 1)).value).to.equal(1);
    const lease = await new DistributedLock(redis!, 'own').acquire();
    // Its pushes come over TLS, too.
    const next = new DistributedLock(other!, 'own').acquire();
    await eventually(async () => (await new DistributedLock(redis!, 'own').inspect()).waiters);
    await lease.release();
    await (await next).release();
    await Promise.all([redis!.quit(), other!.quit()]);
  });
});
