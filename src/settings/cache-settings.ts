import { z } from 'zod';
import { QxCacheSettingsError } from '../errors/index.js';
import { seconds } from './durations.js';
import { limits } from './limits.js';
import { definedOnly } from './override.js';
import { redact } from './redact.js';
import { problemOfRedisUrl } from './redis-address.js';
import { showInstead } from './show-instead.js';
import { settingsError } from './validate.js';

/** How to reach Redis, and under which namespace. */
export interface CacheSettings {
  /**
   * `redis://`, `redis+sentinel://`, `redis+cluster://`, each with `rediss` for TLS, or `memory://name`.
   * Environment: `QX_CACHE_URL`. Default: `redis://127.0.0.1:6379/0`.
   */
  url: string;
  /**
   * Every key and channel starts with it. Letters, digits and `_ . : -`.
   * Environment: `QX_CACHE_NAMESPACE`. Default: `qx`.
   */
  namespace: string;
  /**
   * How long `createClient` tries, in seconds.
   * Environment: `QX_CACHE_CONNECT_TIMEOUT_SECONDS`. Default: 5.
   */
  connectTimeoutSeconds: number;
  /**
   * How long one command may take before it fails with `CacheUnavailableError`, in seconds.
   * Environment: `QX_CACHE_COMMAND_TIMEOUT_SECONDS`. Default: 5.
   */
  commandTimeoutSeconds: number;
  /**
   * How many commands of one client may wait for Redis at once, 100 or more. Past it, what would
   * begin something new fails at once with `CacheUnavailableError` of the reason `overloaded`, and is not
   * sent; what keeps or ends something that was begun (a renewal, a release, the result of a claim) still
   * is. A command that was given up after its time limit counts until it is answered.
   * Environment: `QX_CACHE_MAX_COMMANDS_IN_FLIGHT`. Default: 50,000, more than a process gets answered
   * within the default time limit.
   */
  maxCommandsInFlight?: number | undefined;
}

/** A namespace: what a glob, a hash tag or an ACL pattern would misread is not allowed. @internal */
export const namespace = z
  .string({ error: 'must be a string' })
  .regex(new RegExp(`^[\\w.:-]{1,${limits.namespaceBytes}}$`), {
    error: `must be 1 to ${limits.namespaceBytes} letters, digits or _ . : -`,
  });

const url = z.string({ error: 'must be a string' }).superRefine((text, context) => {
  const isTooLong = Buffer.byteLength(text) > limits.urlBytes;
  const problem = isTooLong
    ? `must be at most ${limits.urlBytes} bytes long`
    : problemOfRedisUrl(text);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const schema = z.strictObject({
  url,
  namespace,
  connectTimeoutSeconds: seconds,
  commandTimeoutSeconds: seconds,
  maxCommandsInFlight: z
    .int({ error: 'must be a whole number' })
    .min(100, { error: 'must be at least 100' })
    .optional(),
});

/** What applies when neither the code nor the environment says otherwise. */
export const defaultSettings: Readonly<CacheSettings> = {
  url: 'redis://127.0.0.1:6379/0',
  namespace: 'qx',
  connectTimeoutSeconds: 5,
  commandTimeoutSeconds: 5,
};

const variables: Record<string, string> = {
  url: 'QX_CACHE_URL',
  namespace: 'QX_CACHE_NAMESPACE',
  connectTimeoutSeconds: 'QX_CACHE_CONNECT_TIMEOUT_SECONDS',
  commandTimeoutSeconds: 'QX_CACHE_COMMAND_TIMEOUT_SECONDS',
  maxCommandsInFlight: 'QX_CACHE_MAX_COMMANDS_IN_FLIGHT',
};

/**
 * The settings that the environment asks for, with defaults for the rest. Printed, or as JSON, they
 * show no password; a copy (`{ ...settings }`) does.
 *
 * @throws {@link QxCacheSettingsError} listing every bad variable
 */
export function cacheSettingsFromEnv(env: NodeJS.ProcessEnv = process.env): CacheSettings {
  return resolveSettings({}, env);
}

/**
 * Completes settings given in code: what code says wins over the environment, which wins over the
 * default.
 *
 * @throws {@link QxCacheSettingsError} listing every bad setting
 */
export function resolveSettings(
  given: Partial<CacheSettings>,
  env: NodeJS.ProcessEnv = process.env,
): CacheSettings {
  if (typeof given !== 'object' || given === null) {
    throw new QxCacheSettingsError(`Settings: must be a URL or an object (got ${typeof given}).`);
  }
  const inCode = definedOnly(given);
  const inEnvironment = fromEnvironment(env);
  const input = { ...defaultSettings, ...inEnvironment, ...inCode };
  const parsed = schema.safeParse(input);
  if (parsed.success) return withoutPassword(parsed.data);
  throw settingsError('Settings', parsed.error, input, (option) =>
    option in inEnvironment && !(option in inCode) ? (variables[option] ?? option) : option,
  );
}

/** Settings get printed, by loggers and in error reports. The password is for `url` alone. */
function withoutPassword(settings: CacheSettings): CacheSettings {
  return showInstead(settings, () => ({ ...settings, url: redact(settings.url) }));
}

/** The variables that are set, as settings; numbers are converted here and checked later. */
function fromEnvironment(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [option, variable] of Object.entries(variables)) {
    const text = env[variable]?.trim();
    if (!text) continue;
    const number = Number(text);
    given[option] = /Seconds$|^max/.test(option) && !Number.isNaN(number) ? number : text;
  }
  return given;
}
