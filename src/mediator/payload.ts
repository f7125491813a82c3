import type { IdempotentPolicy } from './idempotent-options.js';

/**
 * What identifies the payload of a command: what the policy's `fingerprint` gives, else its own
 * enumerable fields less the key. Symbols are left out: every `RequestData` owns one.
 */
export function payloadOf(
  command: object,
  { fingerprint, key = 'idempotencyKey' }: Pick<IdempotentPolicy, 'fingerprint' | 'key'>,
): unknown {
  if (fingerprint === false) return undefined;
  if (typeof fingerprint === 'function') return fingerprint(command as never);
  if (fingerprint) {
    const fields = command as Record<string, unknown>;
    return Object.fromEntries(fingerprint.map((name) => [name, fields[name]]));
  }
  return Object.fromEntries(Object.entries(command).filter(([name]) => name !== key));
}
