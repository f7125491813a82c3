import type { z } from 'zod';
import { QxCacheSettingsError } from '../errors/index.js';
import { redact } from './redact.js';

/**
 * Checks options against a schema and returns them with defaults filled in.
 *
 * @param subject what the options belong to, e.g. `DistributedLock`
 * @throws {@link QxCacheSettingsError} listing every bad option, its value and what is allowed
 */
export function validate<S extends z.ZodType>(
  subject: string,
  schema: S,
  input: unknown,
): z.output<S> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  throw settingsError(subject, parsed.error, input, (path) => path);
}

/** Turns what zod found into one readable error. `nameOf` gives an option the name users know it by. */
export function settingsError(
  subject: string,
  error: z.ZodError,
  input: unknown,
  nameOf: (path: string) => string,
): QxCacheSettingsError {
  const findings = error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return `unknown option ${issue.keys.map((key) => `"${shorten(redact(key))}"`).join(', ')}`;
    }
    const path = issue.path.join('.');
    return `${nameOf(path)} ${issue.message} (got ${show(valueAt(input, issue.path))})`;
  });
  return new QxCacheSettingsError(`${subject}: ${findings.join('; ')}.`);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
}

/** As much of a text as helps to find it. */
const longestShown = 100;

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(redact(value)));
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

function shorten(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
