import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type FaultProxyTarget, parseTarget } from './fault-proxy-target.js';
import { ProxiedConnection, type ProxyRules } from './proxied-connection.js';
import type { RedisRequest } from './request-reader.js';

/** Which command a fault is meant for: one that has this text in it, or what a function picks. */
export type CommandMatch = string | ((command: readonly string[]) => boolean);

/** What went through a {@link FaultProxy} since it started. */
export interface FaultProxyCounts {
  /** Connections that were accepted. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Commands that were forwarded. */
  readonly commands: number;
  readonly lostReplies: number;
  readonly droppedPushes: number;
}

/** A TCP proxy in front of Redis that breaks what a network breaks, when a test asks for it. */
export interface FaultProxy {
  /** Connect to this instead of to the target; user, password and database are the target's. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly counts: FaultProxyCounts;
  /** Breaks all connections. New ones are accepted. */
  cut(): void;
  /**
   * Lets the server execute the next command that matches, loses the reply, and then breaks the
   * connection: the client can't know whether it was executed, and ioredis sends it again.
   *
   * @returns resolves when the reply is lost
   * @example
   * const lost = proxy.loseReply((command) => command.includes('qx:cache:{a}'));
   */
  loseReply(match: CommandMatch): Promise<void>;
  /** From now on connections stay open, and new ones are accepted, but nothing gets through. */
  blackhole(): void;
  /** From now on messages of subscriptions get lost; all else gets through. */
  dropPushes(): void;
  /** From now on every reply comes this many seconds later. */
  delay(delaySeconds: number): void;
  /** Ends `blackhole`, `dropPushes` and `delay`. Breaks connections that a black hole took bytes of. */
  heal(): void;
  /** Breaks all connections and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a {@link FaultProxy} on a free port of the loopback interface.
 *
 * @example
 * const proxy = await startFaultProxy({ target: 'redis://127.0.0.1:6379/0' });
 * const redis = await createClient(proxy.url);
 * proxy.cut();
 * await proxy.close();
 */
export async function startFaultProxy(options: { target: FaultProxyTarget }): Promise<FaultProxy> {
  const { host, port, urlAt } = parseTarget(options.target);
  const connections = new Set<ProxiedConnection>();
  const losses: { readonly match: CommandMatch; readonly done: () => void }[] = [];
  const totals = { connections: 0, commands: 0, lostReplies: 0, droppedPushes: 0 };
  const rules: ProxyRules = {
    isBlackhole: false,
    isDroppingPushes: false,
    delaySeconds: 0,
    counts: totals,
    takeLoss(request) {
      const index = losses.findIndex(({ match }) => isMatch(match, request));
      return index < 0 ? undefined : losses.splice(index, 1)[0]?.done;
    },
  };
  const server = createServer((client) => {
    totals.connections += 1;
    const connection = new ProxiedConnection(client, { host, port }, rules);
    connections.add(connection);
    void connection.closed.then(() => connections.delete(connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const cut = () => {
    for (const connection of connections) connection.cut();
  };

  return {
    url: urlAt(address.port),
    host: '127.0.0.1',
    port: address.port,
    get counts() {
      return { ...totals, open: connections.size };
    },
    cut,
    loseReply: (match) => new Promise<void>((done) => losses.push({ match, done })),
    blackhole: () => void Object.assign(rules, { isBlackhole: true }),
    dropPushes: () => void Object.assign(rules, { isDroppingPushes: true }),
    delay: (delaySeconds) => void Object.assign(rules, { delaySeconds }),
    heal() {
      Object.assign(rules, { isBlackhole: false, isDroppingPushes: false, delaySeconds: 0 });
      for (const connection of connections) connection.heal();
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}

function isMatch(match: CommandMatch, { command }: RedisRequest): boolean {
  return typeof match === 'string' ? command.some((part) => part.includes(match)) : match(command);
}
