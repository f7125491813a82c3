import { QxCacheSettingsError } from '../errors/index.js';
import { redact } from './redact.js';

interface Node {
  readonly host: string;
  readonly port: number;
}

interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

/** Where a URL points to, in parts. */
export type RedisAddress =
  | ({ readonly kind: 'server'; readonly tls: boolean; readonly db: number } & Node & Credentials)
  | ({
      readonly kind: 'sentinel';
      readonly tls: boolean;
      readonly nodes: readonly Node[];
      readonly master: string;
      readonly db: number;
      /** What the sentinels want themselves. */
      readonly sentinel: Credentials;
    } & Credentials)
  | ({
      readonly kind: 'cluster';
      readonly tls: boolean;
      readonly nodes: readonly Node[];
    } & Credentials)
  | { readonly kind: 'memory'; readonly name: string };

const forms =
  'redis://host:port/db, redis+sentinel://host:port,host:port/master-name/db, redis+cluster://host:port,host:port, each with rediss for TLS, or memory://name';

/**
 * Takes a Redis URL apart.
 *
 * @throws {@link QxCacheSettingsError} when the scheme is unknown or a part is malformed; the
 *   message has the URL with its password removed
 */
export function parseRedisUrl(url: string): RedisAddress {
  const match = /^([a-z+]+):\/\/(?:(.*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/is.exec(url);
  if (!match) throw badUrl(url, `must be one of ${forms}`);
  const [, given = '', userInfo, authority = '', path = '', query] = match;
  const scheme = given.toLowerCase();
  const tls = scheme.startsWith('rediss');
  if (query !== undefined && !scheme.endsWith('+sentinel'))
    throw badUrl(url, 'must not have anything behind a question mark');
  const credentials = parseCredentials(url, userInfo);
  const segments = path === '' ? [] : path.split('/');
  switch (scheme) {
    case 'redis':
    case 'rediss': {
      const node = parseNode(url, authority || '127.0.0.1', 6379);
      return { kind: 'server', tls, ...node, ...credentials, db: parseDb(url, segments, 0) };
    }
    case 'redis+sentinel':
    case 'rediss+sentinel': {
      const master = segments[0];
      if (!master)
        throw badUrl(url, 'must name the master: redis+sentinel://host:port/master-name/db');
      const db = parseDb(url, segments, 1);
      return {
        kind: 'sentinel',
        tls,
        nodes: parseNodes(url, authority, 26_379),
        master,
        ...credentials,
        db,
        sentinel: parseSentinelCredentials(url, query),
      };
    }
    case 'redis+cluster':
    case 'rediss+cluster':
      if (segments.length > 0)
        throw badUrl(url, 'must not name a database: a cluster has only one');
      return { kind: 'cluster', tls, nodes: parseNodes(url, authority, 6379), ...credentials };
    case 'memory':
      if (!authority || userInfo !== undefined || segments.length > 0) {
        throw badUrl(url, 'must be memory://name');
      }
      return { kind: 'memory', name: authority };
    default:
      throw badUrl(url, `has an unknown scheme; it must be one of ${forms}`);
  }
}

/** What is wrong with a Redis URL, in words that fit behind "url"; `undefined` when it is fine. */
export function problemOfRedisUrl(url: string): string | undefined {
  try {
    parseRedisUrl(url);
    return undefined;
  } catch (error) {
    return (error as QxCacheSettingsError & { problem: string }).problem;
  }
}

function badUrl(url: string, problem: string): QxCacheSettingsError & { problem: string } {
  const error = new QxCacheSettingsError(`url ${problem} (got ${JSON.stringify(redact(url))}).`);
  return Object.assign(error, { problem });
}

function parseCredentials(url: string, userInfo: string | undefined): Credentials {
  if (!userInfo) return {};
  const colon = userInfo.indexOf(':');
  const username = decode(url, colon < 0 ? userInfo : userInfo.slice(0, colon));
  const password = colon < 0 ? '' : decode(url, userInfo.slice(colon + 1));
  return { ...(username && { username }), ...(password && { password }) };
}

/** Not in front of the hosts: what stands there is for the servers. */
function parseSentinelCredentials(url: string, query = ''): Credentials {
  const { sentinelUsername, sentinelPassword, ...others } = Object.fromEntries(
    new URLSearchParams(query),
  );
  if (Object.keys(others).length > 0)
    throw badUrl(url, 'can have sentinelUsername and sentinelPassword behind the question mark');
  return {
    ...(sentinelUsername && { username: sentinelUsername }),
    ...(sentinelPassword && { password: sentinelPassword }),
  };
}

function decode(url: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badUrl(url, 'has a user name or password that is not percent-encoded');
  }
}

function parseNodes(url: string, authority: string, defaultPort: number): Node[] {
  if (!authority) throw badUrl(url, 'must name at least one host');
  return authority.split(',').map((node) => parseNode(url, node, defaultPort));
}

function parseNode(url: string, text: string, defaultPort: number): Node {
  // Either [IPv6]:port or host:port.
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/i.exec(text);
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  const host = match?.[1] ?? match?.[2];
  if (!host || port < 1 || port > 65_535) throw badUrl(url, 'has a malformed host or port');
  return { host, port };
}

function parseDb(url: string, segments: readonly string[], place: number): number {
  const text = segments[place];
  if (
    segments.length > place + 1 ||
    (text !== undefined && text !== '' && !/^\d{1,5}$/.test(text))
  ) {
    throw badUrl(url, 'has a malformed database number');
  }
  return Number(text || 0);
}
