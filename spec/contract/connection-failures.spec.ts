import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import {
  type CacheConnectionReason,
  type CacheSettings,
  createClient,
  isCacheConnectionError,
} from '../../src/index.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/ports.js';
import {
  type RedisServer,
  type RedisServerOptions,
  startRedisServer,
} from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';

/** Something to connect to, and how to end it. */
interface Target {
  readonly port: number;
  readonly host?: string;
  stop?(): Promise<unknown>;
}

interface Failure {
  readonly title: string;
  readonly reason: CacheConnectionReason;
  readonly message?: RegExp;
  readonly scheme?: string;
  readonly path?: string;
  readonly user?: string;
  readonly settings?: Partial<CacheSettings>;
  target(): Promise<Target>;
}

const password = 'hunter2#/@secret';

/** A server that wants the password of the URL. */
const redisWith =
  ({ config, args = [] }: RedisServerOptions) =>
  () =>
    startRedisServer({ config: { requirepass: password, ...config }, args });
const user = (name: string, ...rights: string[]) => [
  '--user',
  name,
  'on',
  `>${password}`,
  ...rights,
];
const nothing = async () => ({ port: await freePort() });
const guarded = redisWith({ config: { requirepass: 'another' } });

/** A server that treats every connection alike. */
function tcpServer(onConnection: Parameters<typeof createServer>[1]) {
  return async (): Promise<Target> => {
    const server: Server = createServer(onConnection).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { port, stop: async () => server.close() };
  };
}

async function frozen(): Promise<Target> {
  const server = await startRedisServer();
  server.pause();
  return server;
}

const failures: readonly Failure[] = [
  { title: 'nothing listens', reason: 'refused', message: /ECONNREFUSED/, target: nothing },
  {
    title: 'no node of a cluster listens',
    reason: 'refused',
    scheme: 'redis+cluster',
    path: '',
    target: nothing,
  },
  {
    title: 'no sentinel listens',
    reason: 'refused',
    scheme: 'redis+sentinel',
    path: '/main',
    target: nothing,
  },
  {
    title: 'the other side hangs up',
    reason: 'refused',
    target: tcpServer((socket) => socket.on('error', () => {}).destroy()),
  },
  {
    title: 'the cluster is down',
    reason: 'refused',
    scheme: 'redis+cluster',
    path: '',
    target: redisWith({ config: { 'cluster-enabled': 'yes' } }),
  },
  {
    title: 'the server is frozen',
    reason: 'timeout',
    message: /within 0.3 s/,
    settings: { connectTimeoutSeconds: 0.3 },
    target: frozen,
  },
  {
    title: 'the sentinel is frozen',
    reason: 'timeout',
    scheme: 'redis+sentinel',
    path: '/main',
    settings: { connectTimeoutSeconds: 0.3 },
    target: frozen,
  },
  {
    title: 'the node of a cluster is frozen',
    reason: 'timeout',
    scheme: 'redis+cluster',
    path: '',
    settings: { connectTimeoutSeconds: 0.3 },
    target: frozen,
  },
  { title: 'the password is wrong', reason: 'auth', message: /WRONGPASS/, target: guarded },
  { title: 'the user is unknown', reason: 'auth', user: 'nobody', target: redisWith({}) },
  {
    title: 'the password of a cluster is wrong',
    reason: 'auth',
    scheme: 'redis+cluster',
    path: '',
    target: redisWith({ config: { 'cluster-enabled': 'yes', requirepass: 'another' } }),
  },
  {
    title: 'the user may not run scripts',
    reason: 'auth',
    message: /NOPERM/,
    user: 'reader',
    target: redisWith({ args: user('reader', '~*', '+@all', '-@scripting') }),
  },
  {
    title: 'the user may not write under the namespace',
    reason: 'auth',
    user: 'other',
    target: redisWith({ args: user('other', '~other:*', '+@all') }),
  },
  {
    title: 'the host does not exist',
    reason: 'not-found',
    message: /ENOTFOUND|EAI_AGAIN/,
    target: async () => ({ host: 'no-such-host.invalid', port: 6379 }),
  },
  {
    title: 'the server is a replica',
    reason: 'read-only',
    message: /READONLY/,
    target: redisWith({ config: { replicaof: '127.0.0.1 1' } }),
  },
  {
    title: 'too few replicas let the server accept writes',
    reason: 'read-only',
    message: /NOREPLICAS/,
    target: redisWith({ config: { 'min-replicas-to-write': 1 } }),
  },
  {
    title: 'the memory of the server is full',
    reason: 'read-only',
    message: /OOM/,
    target: redisWith({ config: { maxmemory: 1 } }),
  },
  {
    title: 'the server has no scripts',
    reason: 'unsupported',
    message: /unknown command/,
    target: redisWith({ args: ['--rename-command', 'EVAL', ''] }),
  },
  {
    title: 'the server is no Redis',
    reason: 'unsupported',
    target: tcpServer((socket) =>
      socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    ),
  },
];

describe('createClient', () => {
  for (const failure of failures) {
    it(`rejects with ${failure.reason} when ${failure.title}, and does not tell the password`, async () => {
      const { scheme = 'redis', path = '/0', user = '', settings } = failure;
      const target = await failure.target();
      const { host = '127.0.0.1', port } = target;
      const secret = encodeURIComponent(password);
      const url = `${scheme}://${user}:${secret}@${host}:${port}${path}`;
      try {
        const error = await rejectionOf(createClient({ url, ...settings }));
        expect(isCacheConnectionError(error), inspect(error)).to.equal(true);
        expect(error).to.include({ reason: failure.reason }, error.message);
        expect(error.message).to.match(failure.message ?? /./);
        for (const part of [password, secret, 'hunter2']) {
          expect(inspect(error, { depth: 9, showHidden: true })).not.to.contain(part);
        }
      } finally {
        await target.stop?.();
      }
    });
  }

  describe('on a server that it can not use', () => {
    let server: RedisServer;

    before(async () => {
      server = await startRedisServer({ config: { 'min-replicas-to-write': 1 } });
    });
    after(() => server.stop());

    it('closes what it opened', async () => {
      const admin = new Redis(server.port);
      await rejectionOf(createClient(server.url));
      await eventually(async () => {
        const list = String(await admin.call('CLIENT', 'LIST', 'TYPE', 'normal'));
        return list.trim().split('\n').length === 1;
      });
      admin.disconnect();
    });

    it('leaves nothing in the database', async () => {
      const admin = new Redis(server.port);
      await rejectionOf(createClient(server.url));
      expect(await admin.dbsize()).to.equal(0);
      admin.disconnect();
    });
  });
});
