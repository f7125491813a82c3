import type { QxCacheErrorCode } from '../errors/index.js';

/** A kind of problem. */
export interface ProblemText {
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

/** What each error is to a client. */
export const problemTexts: Record<QxCacheErrorCode, ProblemText> = {
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

/** Where the header is not there at all. */
export const missingKey = { name: 'idempotency-key-missing', title: 'Idempotency-Key is missing' };

/** Where an owner died whose work must not run again. */
export const abandoned =
  'An earlier request with this key ended without an answer, and whether it took effect is not known. It is not carried out again; ask those who run this service.';

/** Where the body can't be compared. */
export const unknownBody: ProblemText = {
  name: 'body-not-read',
  title: 'Unsupported type of body',
  detail: 'A body of this type is not taken here. Send it with the right Content-Type.',
};
