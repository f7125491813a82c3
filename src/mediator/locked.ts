import { z } from 'zod';
import { QxCacheSettingsError } from '../errors/index.js';
import { functionOption } from '../settings/common-options.js';
import { seconds, waitSeconds } from '../settings/durations.js';
import { limits } from '../settings/limits.js';
import { problemOfUserKey } from '../settings/user-key.js';
import { validate } from '../settings/validate.js';
import type { CommandFunction } from './idempotent-options.js';
import { type AnyClass, classOf, policySlot } from './policy-slot.js';

/** A command that names the lock, or the locks, under which its handler runs. Needs no decorator. */
export interface Lockable {
  /** All of several names or none are taken, in an order that excludes deadlocks. */
  readonly lockKey: string | readonly string[];
}

/** Under which locks a command runs. */
export interface LockedOptions<Command> {
  /** The name of the lock, several names, or a function that gives them. Wins over `lockKey`. */
  key: string | readonly string[] | ((command: Command) => string | readonly string[]);
  /** How long the lock outlives a process that died, in seconds. Default: 30. It is renewed. */
  ttlSeconds?: number | undefined;
  /** How long to wait for the lock, in seconds. Default: 10. 0 and Infinity allowed. */
  waitSeconds?: number | undefined;
}

/** The options as they are kept: whose command it is was checked where they were given. */
interface LockedPolicy extends Omit<LockedOptions<never>, 'key'> {
  readonly key: string | readonly string[] | CommandFunction;
}

const schema = z.strictObject({
  key: z.union([z.string().min(1), z.array(z.string().min(1)).min(1), functionOption], {
    error: 'must be a name, a list of names or a function',
  }),
  ttlSeconds: seconds.optional(),
  waitSeconds: waitSeconds.optional(),
});

/** What a class and its decorators say about its locks; also what they inherit. */
export const lockedPolicies = policySlot<LockedPolicy>('locked', (declared, { name }) => {
  validate(`static locked of ${name}`, schema, declared);
  return declared as LockedPolicy;
});

/**
 * Runs the handlers of a command class under a lock, one at a time over all processes. A subclass
 * inherits the policy. Works as a legacy and as a standard class decorator. A static property `locked`
 * of the class says the same; the decorator wins.
 *
 * @throws {@link QxCacheSettingsError} where the class is declared, when an option is out of range
 * @example
 * ```ts
 * @locked<ReserveStock>({ key: (command) => `stock:${command.sku}`, waitSeconds: 2 })
 * class ReserveStock extends RequestData<void> {
 *   constructor(readonly sku: string) { super(); }
 * }
 * ```
 */
export function locked<Command>(
  options: LockedOptions<Command>,
): (target: AnyClass<Command>, context?: unknown) => void {
  validate('@locked', schema, options);
  return (target) => lockedPolicies.attach(target, options);
}

/** What applies to commands of a class; `undefined` when neither it nor a parent says anything. */
export function lockedPolicyOf(target: AnyClass): LockedPolicy | undefined {
  return lockedPolicies.of(target);
}

/**
 * The names of the locks that a command wants, each once.
 *
 * @throws {@link QxCacheSettingsError} when what the command or its policy gives is no name
 */
export function lockNamesOf(command: object): readonly string[] {
  const key = lockedPolicyOf(classOf(command))?.key ?? (command as Lockable).lockKey;
  const wanted: unknown = typeof key === 'function' ? key(command as never) : key;
  const names: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  const problem =
    names.length === 0
      ? 'must be at least one name'
      : names.map((name) => problemOfUserKey(name, limits.lockNameBytes)).find(Boolean);
  if (problem === undefined) return [...new Set(names as readonly string[])];
  throw new QxCacheSettingsError(`The lock key of ${classOf(command).name} ${problem}.`);
}
