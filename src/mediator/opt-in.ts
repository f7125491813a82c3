import { type Idempotent, idempotentPolicyOf } from './idempotent.js';
import { type Lockable, lockedPolicyOf } from './locked.js';
import { classOf } from './policy-slot.js';

/** Whether a command is idempotent: it carries a key, or its class says so. Costs two reads. */
export function isIdempotent(command: object): boolean {
  return (
    (command as Partial<Idempotent>).idempotencyKey !== undefined ||
    idempotentPolicyOf(classOf(command)) !== undefined
  );
}

/** Whether a command runs under locks: it carries a lock key, or its class says so. */
export function isLocked(command: object): boolean {
  return (
    (command as Partial<Lockable>).lockKey !== undefined ||
    lockedPolicyOf(classOf(command)) !== undefined
  );
}
