import { idempotentPolicyOf } from './idempotent.js';
import { classOf } from './policy-slot.js';

/**
 * What identifies the payload of a command: what the policy's `fingerprint` gives, else its own
 * enumerable fields less the key. Symbols are left out: every `RequestData` owns one.
 */
export function payloadOf(command: object): unknown {
  const { fingerprint, key = 'idempotencyKey' } = idempotentPolicyOf(classOf(command)) ?? {};
  if (fingerprint) return fingerprint(command as never);
  return Object.fromEntries(Object.entries(command).filter(([name]) => name !== key));
}
