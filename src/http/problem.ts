import { STATUS_CODES } from 'node:http';
import {
  isIdempotencyInProgressError,
  isQxCacheError,
  type QxCacheError,
  type QxCacheErrorCode,
} from '../errors/index.js';
import type { HttpAnswer } from './http-messages.js';
import type { IdempotencyKeyHeaderError } from './idempotency-key-header.js';

/** How errors are told to clients. */
export interface ProblemOptions<Source = never> {
  /**
   * The start of the URI of each problem type, such as `https://api.example.com/problems/`: the type of a
   * reused key is then `https://api.example.com/problems/idempotency-key-reused`. Default: all are
   * `about:blank`, and `code` tells them apart.
   */
  problemTypes?: string | undefined;
  /**
   * Told of each error that a client gets as a problem, with the request; for logs, as the client sees
   * little of it. Default: what has a status of 500 or more goes to `console.error`.
   */
  onProblem?: ((error: QxCacheError, request: Source) => void) | undefined;
}

/** The body of a problem (RFC 9457). */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The code of the error. */
  readonly code?: QxCacheErrorCode;
}

interface ProblemText {
  /** The end of the type's URI. */
  readonly name: string;
  readonly title: string;
  /** Without keys, scopes and names of locks: these are the application's own business. */
  readonly detail: string;
}

const internal: ProblemText = {
  name: 'internal',
  title: 'Internal error',
  detail: 'The request could not be handled.',
};

const unavailable: ProblemText = {
  name: 'unavailable',
  title: 'Unavailable for now',
  detail: 'The request can not be handled for now. Send it again later, with the same key.',
};

const texts: Record<QxCacheErrorCode, ProblemText> = {
  QX_IDEMPOTENCY_KEY: {
    name: 'idempotency-key-malformed',
    title: 'Idempotency-Key is malformed',
    detail: 'The idempotency key is missing, empty, malformed or too long.',
  },
  QX_IDEMPOTENCY_IN_PROGRESS: {
    name: 'idempotency-key-in-progress',
    title: 'A request with this Idempotency-Key is in progress',
    detail:
      'An earlier request with this key is not finished. Send this one again later, unchanged.',
  },
  QX_IDEMPOTENCY_KEY_REUSED: {
    name: 'idempotency-key-reused',
    title: 'Idempotency-Key is already used',
    detail: 'This key came with another request before. Send a new request with a new key.',
  },
  QX_IDEMPOTENCY_RESULT_UNAVAILABLE: {
    name: 'response-unavailable',
    title: 'The response can not be given again',
    detail: 'The request was carried out before, but its response can not be given again.',
  },
  QX_IDEMPOTENCY_CLAIM_LOST: {
    name: 'outcome-uncertain',
    title: 'The outcome is uncertain',
    detail: 'The request took too long, and may have been carried out again beside it.',
  },
  QX_LOCK_TIMEOUT: {
    name: 'locked',
    title: 'In use',
    detail: 'What the request needs is in use by others. Send it again later, with the same key.',
  },
  QX_LOCK_NOT_HELD: {
    name: 'lock-lost',
    title: 'Interrupted by another request',
    detail: 'Another request may have changed what this one worked on.',
  },
  QX_CONNECTION: unavailable,
  QX_UNAVAILABLE: unavailable,
  QX_SETTINGS: internal,
  QX_SERIALIZATION: internal,
};

const missingKey = { name: 'idempotency-key-missing', title: 'Idempotency-Key is missing' };

const abandoned =
  'An earlier request with this key ended without an answer, and whether it took effect is not known. It is not carried out again; ask those who run this service.';

/**
 * The response to an error of this library, as `application/problem+json` (RFC 9457): its status, a fixed
 * text, its `code`, and `Retry-After` where another request is in progress. Nothing of its message gets
 * to the client but what {@link IdempotencyKeyHeaderError} says. `undefined` for any other error.
 */
export function problemOf(
  error: unknown,
  options: Pick<ProblemOptions, 'problemTypes'> = {},
): HttpAnswer['response'] | undefined {
  if (!isQxCacheError(error)) return undefined;
  const { status, code } = error;
  if (!isIdempotencyInProgressError(error)) return problem(status, textOf(error), options, code);
  const text = texts.QX_IDEMPOTENCY_IN_PROGRESS;
  if (error.abandoned) return problem(status, { ...text, detail: abandoned }, options, code);
  const response = problem(status, text, options, code);
  const retryAfter = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
  return { ...response, headers: { ...response.headers, 'retry-after': retryAfter } };
}

/** Any problem as a response. */
function problem(
  status: number,
  { name, title, detail }: ProblemText,
  { problemTypes }: Pick<ProblemOptions, 'problemTypes'>,
  code?: QxCacheErrorCode,
): HttpAnswer['response'] {
  const details: ProblemDetails = {
    ...(problemTypes === undefined
      ? // RFC 9457: the title of about:blank is that of the status.
        { type: 'about:blank', title: STATUS_CODES[status] ?? title }
      : { type: problemTypes + name, title }),
    status,
    detail,
    ...(code && { code }),
  };
  const headers = { 'content-type': 'application/problem+json' };
  return { status, headers, body: JSON.stringify(details) };
}

/** Tells whoever keeps the logs. */
export function reportProblem<Source>(
  error: unknown,
  { onProblem = logServerErrors }: ProblemOptions<Source>,
  source: Source,
): void {
  onProblem(error as QxCacheError, source);
}

function logServerErrors(error: QxCacheError): void {
  if (error.status >= 500) console.error(error);
}

/** By its code and not its class: the error may come from another installed copy. */
function textOf(error: QxCacheError): ProblemText {
  const text = texts[error.code];
  const { reason } = error as Partial<IdempotencyKeyHeaderError>;
  if (error.code !== 'QX_IDEMPOTENCY_KEY' || reason === undefined) return text;
  return { ...text, ...(reason === 'missing' && missingKey), detail: error.message };
}
