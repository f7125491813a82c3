import { STATUS_CODES } from 'node:http';
import {
  isIdempotencyInProgressError,
  isQxCacheError,
  type QxCacheError,
  type QxCacheErrorCode,
} from '../errors/index.js';
import type { WholeResponse } from './http-messages.js';
import type { IdempotencyKeyHeaderError } from './idempotency-key-header.js';
import {
  abandoned,
  missingKey,
  type ProblemText,
  problemTexts,
  unknownBody,
} from './problem-texts.js';
import { UnknownBodyError } from './request-body.js';

/**
 * The longest `Retry-After`. What is left of the owner's lease does not tell when its work ends: the lease
 * is renewed meanwhile, and most work is done much sooner.
 */
const maxRetryAfterSeconds = 5;

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
   * little of it. Default: errors whose own `status` is 500 or more go to `console.error`.
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
 * text, its `code`, and `Retry-After` of at most 5 seconds where another request is in progress. Nothing
 * of its message gets to the client but what {@link IdempotencyKeyHeaderError} says. `undefined` for any
 * other error.
 */
export function problemOf(
  error: unknown,
  options: Pick<ProblemOptions, 'problemTypes'> = {},
): WholeResponse | undefined {
  return isQxCacheError(error) ? toProblem(error, options) : undefined;
}

/** The response to an error, of which whoever keeps the logs is told. */
export function reportedProblem<Source>(
  error: QxCacheError,
  options: ProblemOptions<Source>,
  source: Source,
): WholeResponse {
  const { onProblem = logServerErrors } = options;
  onProblem(error, source);
  return toProblem(error, options);
}

function toProblem(
  error: QxCacheError,
  options: Pick<ProblemOptions, 'problemTypes'>,
): WholeResponse {
  if (error instanceof UnknownBodyError) {
    return problem({ status: 415, code: error.code }, unknownBody, options);
  }
  if (!isIdempotencyInProgressError(error)) return problem(error, textOf(error), options);
  const text = problemTexts.QX_IDEMPOTENCY_IN_PROGRESS;
  if (error.abandoned) return problem(error, { ...text, detail: abandoned }, options);
  const response = problem(error, text, options);
  const seconds = Math.min(Math.max(1, Math.ceil(error.retryAfterSeconds)), maxRetryAfterSeconds);
  return { ...response, headers: { ...response.headers, 'retry-after': String(seconds) } };
}

function problem(
  { status, code }: Pick<QxCacheError, 'status' | 'code'>,
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
