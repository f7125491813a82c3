import { parseItem } from 'structured-headers';
import { IdempotencyKeyError } from '../errors/index.js';
import { limits } from '../settings/limits.js';
import { problemOfUserKey } from '../settings/user-key.js';

/** How a key may be written. */
export interface KeyHeaderOptions {
  /**
   * What becomes of a key without quotes, `Idempotency-Key: 8e03978e`, as many clients send it that are
   * older than the draft: `refuse` (default) it as malformed, or `accept` it as if it had them.
   */
  unquoted?: 'refuse' | 'accept' | undefined;
}

/** The header is not there, or holds no key. The message is for the client, and quotes nothing. */
export class IdempotencyKeyHeaderError extends IdempotencyKeyError {
  readonly reason: 'missing' | 'malformed';

  constructor(reason: 'missing' | 'malformed', what: string) {
    super(
      `${what} Send a new key with each new operation, and the same key with a retry of it, in quotes: Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324".`,
    );
    this.reason = reason;
  }
}

/** Visible ASCII less what a structured field gives a meaning: quotes, backslash, comma, semicolon. */
const unquotedKey = /^[!#-+\--:<-[\]-~]+$/;

/**
 * The key in an `Idempotency-Key` header: a string of a structured field (RFC 9651), whose parameters
 * mean nothing. 1 to 512 characters.
 *
 * @param header as the framework gives it; `undefined` and `null` mean that there is none
 * @throws {@link IdempotencyKeyHeaderError} when it is missing, malformed or sent twice
 * @example
 * const key = parseIdempotencyKey(request.headers.get('idempotency-key'));
 * await mediator.send(new PlaceOrder({ idempotencyKey: key, sku }));
 */
export function parseIdempotencyKey(
  header: string | readonly string[] | null | undefined,
  { unquoted = 'refuse' }: KeyHeaderOptions = {},
): string {
  // RFC 9651: fields of one name are joined before they are parsed. Two keys are then no string.
  const text = typeof header === 'string' ? header.trim() : header?.join(', ');
  if (text === undefined) {
    throw new IdempotencyKeyHeaderError('missing', 'The Idempotency-Key header is missing.');
  }
  const isPlain = unquoted === 'accept' && unquotedKey.test(text);
  const key = isPlain ? text : stringIn(text);
  const problem = problemOfUserKey(key, limits.commandKeyBytes);
  if (problem) throw malformed(`The key in the Idempotency-Key header ${problem}.`);
  return key;
}

function stringIn(text: string): string {
  const value = itemIn(text);
  if (typeof value === 'string') return value;
  throw malformed('The Idempotency-Key header must be one string in quotes (RFC 9651).');
}

function itemIn(text: string): unknown {
  try {
    return parseItem(text)[0];
  } catch {
    return undefined;
  }
}

function malformed(what: string): IdempotencyKeyHeaderError {
  return new IdempotencyKeyHeaderError('malformed', what);
}
