import { z } from 'zod';
import { namespace } from '../../settings/cache-settings.js';
import { signalOption } from '../../settings/common-options.js';
import { seconds } from '../../settings/durations.js';
import { validate } from '../../settings/validate.js';

/** What {@link lead} takes. Times are in seconds, fractions allowed. */
export interface LeadOptions {
  /** Ends it all: the campaign, or the work and then the leadership. */
  signal: AbortSignal;
  /**
   * Hears of each error that does not end it: Redis is away, the leadership was lost, work that had been
   * told to stop threw, the lock could not be released. What it throws ends the candidacy.
   */
  onError?: ((error: unknown) => void) | undefined;
  /**
   * How long the leadership outlives a leader that died, and how long Redis may be away before a living
   * one loses it. Default: 30.
   */
  ttlSeconds?: number | undefined;
  /** Every key starts with it. Default: that of the client, or `qx`. */
  namespace?: string | undefined;
}

const leadSchema = z.strictObject({
  signal: signalOption,
  onError: z
    .custom<(error: unknown) => void>((x) => typeof x === 'function', 'must be a function')
    .optional(),
  ttlSeconds: seconds.optional(),
  namespace: namespace.optional(),
});

/** @throws {@link QxCacheSettingsError} */
export function leadOptions(options: LeadOptions) {
  return validate('lead', leadSchema, options);
}
