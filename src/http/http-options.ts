import { z } from 'zod';
import { type RunOptions, runOptions } from '../idempotency/idempotency-options.js';
import { maxBytes } from '../settings/byte-count.js';
import { functionOption } from '../settings/common-options.js';
import type { HttpResponse } from './http-messages.js';
import type { KeyHeaderOptions } from './idempotency-key-header.js';
import type { ProblemOptions } from './problem.js';

/** Which requests run once, whose keys are whose, and what is stored. Durations are in seconds. */
export interface HttpIdempotencyOptions<Source extends object = object>
  extends Pick<
      RunOptions,
      'ttlSeconds' | 'leaseSeconds' | 'waitSeconds' | 'onInProgress' | 'takeover'
    >,
    KeyHeaderOptions,
    ProblemOptions<Source> {
  /**
   * Whose keys they are, from a request: the id of the user or tenant that was authenticated before.
   * Equal keys of different scopes never meet. Where all clients are one, give a constant. A result that
   * is no string, or an empty one, is refused: nobody falls back to everybody's keys.
   */
  scope: (request: Source) => string | Promise<string>;
  /** The middle part of the stored key, to tell services apart that share a namespace. Default: `http`. */
  name?: string | undefined;
  /** The methods that need a key. Default: `POST` and `PATCH`. Others pass through. */
  methods?: readonly string[] | undefined;
  /** Whether a request without a key is refused. Default: `true`. Else it passes through, unprotected. */
  required?: boolean | undefined;
  /**
   * What identifies a request under its key. Default: method, path with query, and body. Only a hash of it
   * is stored. Needed where the body can't be compared, as with uploads: these are refused with 415.
   */
  fingerprint?: ((request: Source) => unknown) | undefined;
  /** Whether a response is stored. Default: those with a status of 200 to 299. */
  storeWhen?: ((response: HttpResponse) => boolean) | undefined;
  /**
   * The headers that are stored with it and sent again. Default: those that describe the body, and
   * `location`, `link`, `etag`, `last-modified` and `cache-control`. Never put in what belongs to one
   * connection or session, such as `set-cookie`.
   */
  storedHeaders?: readonly string[] | undefined;
  /** The longest body that is stored, in bytes. Default: 1 MiB. What is longer goes out all the same. */
  maxResponseBytes?: number | undefined;
}

const names = z.array(z.string(), { error: 'must be a list of strings' });

/** @internal */
export const httpOptions = z.strictObject({
  ...runOptions.pick({
    ttlSeconds: true,
    leaseSeconds: true,
    waitSeconds: true,
    onInProgress: true,
    takeover: true,
  }).shape,
  unquoted: z.enum(['refuse', 'accept'], { error: "must be 'refuse' or 'accept'" }).optional(),
  problemTypes: z.string({ error: 'must be the start of a URI' }).optional(),
  onProblem: functionOption.optional(),
  scope: functionOption,
  name: z
    .string({ error: 'must be a string' })
    .min(1, { error: 'must not be empty' })
    .default('http'),
  methods: names.default(['POST', 'PATCH']),
  required: z.boolean({ error: 'must be true or false' }).default(true),
  fingerprint: functionOption.optional(),
  storeWhen: functionOption.optional(),
  storedHeaders: names.default([
    'content-type',
    'content-language',
    'content-encoding',
    'content-disposition',
    'location',
    'link',
    'etag',
    'last-modified',
    'cache-control',
  ]),
  maxResponseBytes: maxBytes.default(1_048_576),
});
