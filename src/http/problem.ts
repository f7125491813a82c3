import { STATUS_CODES } from 'node:http';
import {
  isIdempotencyInProgressError,
  isQxCacheError,
  type QxCacheError,
  type QxCacheErrorCode,
} from '../errors/index.js';
import type { WholeResponse } from './http-messages.js';
import type { IdempotencyKeyHeaderError } from './idempotency-key-header.js';
import { abandoned, missingKey, type ProblemText, problemTexts } from './problem-texts.js';

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
  readonly code: QxCacheErrorCode;
}

/**
 * The response to an error of this library, as `application/problem+json` (RFC 9457): its status, a fixed
 * text, its `code`, and `Retry-After` where another request is in progress. Nothing of its message gets
 * to the client but what {@link IdempotencyKeyHeaderError} says. `undefined` for any other error.
 */
export function problemOf(
  error: unknown,
  options: Pick<ProblemOptions, 'problemTypes'> = {},
): WholeResponse | undefined {
  if (!isQxCacheError(error)) return undefined;
  if (!isIdempotencyInProgressError(error)) return problem(error, textOf(error), options);
  const text = problemTexts.QX_IDEMPOTENCY_IN_PROGRESS;
  if (error.abandoned) return problem(error, { ...text, detail: abandoned }, options);
  const response = problem(error, text, options);
  const retryAfter = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
  return { ...response, headers: { ...response.headers, 'retry-after': retryAfter } };
}

function problem(
  { status, code }: QxCacheError,
  { name, title, detail }: ProblemText,
  { problemTypes }: Pick<ProblemOptions, 'problemTypes'>,
): WholeResponse {
  const details: ProblemDetails = {
    ...(problemTypes === undefined
      ? // RFC 9457: the title of about:blank is that of the status.
        { type: 'about:blank', title: STATUS_CODES[status] ?? title }
      : { type: problemTypes + name, title }),
    status,
    detail,
    code,
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
  const text = problemTexts[error.code];
  const { reason } = error as Partial<IdempotencyKeyHeaderError>;
  if (error.code !== 'QX_IDEMPOTENCY_KEY' || reason === undefined) return text;
  return { ...text, ...(reason === 'missing' && missingKey), detail: error.message };
}
