import { CacheConnectionError, type CacheConnectionReason } from '../errors/index.js';
import { redact } from '../settings/redact.js';

/** What each reason means for the person who reads the message. */
const advice: Record<CacheConnectionReason, string> = {
  refused:
    'The connection was refused or cut. Is the server running, is the port right, and does it want TLS (rediss://)?',
  timeout: 'No answer in time. Check the address, the firewall and connectTimeoutSeconds.',
  auth: 'The server refused the user, the password or the rights of the user.',
  tls: 'The TLS handshake failed. Is it a TLS port, and is its certificate trusted (NODE_EXTRA_CA_CERTS) and for this host? A server that wants a certificate of its clients needs a client of your own, see docs/operations.md.',
  'not-found': 'The host, the master name that the sentinels know, or the database was not found.',
  'read-only': 'The server does not accept writes. Connect to the primary.',
  unsupported: 'The server or an installed package lacks something that is needed.',
};

// In this order: the first that fits wins.
const patterns: readonly (readonly [CacheConnectionReason, RegExp])[] = [
  ['auth', /NOAUTH|WRONGPASS|NOPERM|invalid (username-)?password|AUTH .*failed|Authentication/i],
  ['read-only', /READONLY|NOREPLICAS|MISCONF|OOM command not allowed|MASTERDOWN/],
  [
    'not-found',
    /ENOTFOUND|EAI_AGAIN|EAI_NONAME|No such master|unreachable.*null|sentinel.*(unknown|invalid) master|DB index is out of range/i,
  ],
  ['tls', /\bTLS\b|SSL|certificate|self[- ]signed|EPROTO|ERR_TLS|altname/i],
  ['unsupported', /Protocol error|cluster support disabled/],
  ['timeout', /ETIMEDOUT|timed? ?out|did not answer/i],
  [
    'refused',
    /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EPIPE|Connection is closed|CLUSTERDOWN/i,
  ],
];

/**
 * Makes the error of `createClient` out of all that went wrong while it tried.
 *
 * @param causes the failures, ioredis often hides the cause behind "Connection is closed"
 */
export function connectionFailure(
  url: string,
  causes: readonly unknown[],
  isTls: boolean,
): CacheConnectionError {
  const messages = causes.flatMap(describe);
  const reason = classify(messages, isTls);
  const telling = messages.filter((message) => !/^Connection is closed/.test(message));
  const detail = redact(
    [...new Set(telling)].slice(0, 2).join('; ') || 'Connection is closed',
  ).replace(/\.$/, '');
  return new CacheConnectionError(
    reason,
    `No usable Redis at ${redact(url)} (${reason}): ${detail}. ${advice[reason]}`,
  );
}

function classify(messages: readonly string[], isTls: boolean): CacheConnectionReason {
  const all = messages.join('\n');
  const found = patterns.find(([, pattern]) => pattern.test(all))?.[0];
  // A plain server answers a TLS hello by closing the connection.
  if (isTls && found === 'refused' && !/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(all))
    return 'tls';
  return found ?? 'unsupported';
}

/** The messages of an error and of what it carries. Never its other properties: they may hold secrets. */
function describe(cause: unknown): string[] {
  if (!(cause instanceof Error)) return cause === undefined ? [] : [String(cause)];
  const code = 'code' in cause && typeof cause.code === 'string' ? `${cause.code} ` : '';
  const inner = 'lastNodeError' in cause ? describe(cause.lastNodeError) : [];
  const several = cause instanceof AggregateError ? cause.errors.flatMap(describe) : [];
  return [
    ...inner,
    ...several,
    `${cause.message.includes(code.trim()) ? '' : code}${cause.message}`,
  ];
}
