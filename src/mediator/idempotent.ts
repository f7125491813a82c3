import { z } from 'zod';
import { QxCacheSettingsError } from '../errors/index.js';
import { functionOption, runOptions } from '../idempotency/idempotency-options.js';
import { validate } from '../settings/validate.js';
import { type AnyClass, policySlot } from './policy-slot.js';

/** A command that carries its idempotency key. It needs no decorator. */
export interface Idempotent {
  /** 1 to 512 bytes of UTF-8. The same key, sent again, gets the first result. */
  readonly idempotencyKey: string;
}

/** The names of the properties that hold a string. */
type TextProperty<Command> = {
  [Name in keyof Command]-?: [Extract<Command[Name], string>] extends [never] ? never : Name;
}[keyof Command] &
  string;

/** How a command is made idempotent. Each option overrides the module's. */
export interface IdempotentOptions<Command> {
  /** Where the key is: a property, or a function. Default: the property `idempotencyKey`. */
  key?: TextProperty<Command> | ((command: Command) => string | undefined) | undefined;
  /**
   * The command's name in the stored key. Default: the name of the class. Give one to an anonymous
   * class, and where a minifier renames classes. A subclass does not inherit it.
   */
  name?: string | undefined;
  /** Whose key it is (a tenant, a user): the same key in another scope is another key. */
  scope?: ((command: Command) => string) | undefined;
  /** How long the result is kept, in seconds. Default: 3600. A retry that comes later runs again. */
  ttlSeconds?: number | undefined;
  /** How long the claim outlives a process that died, in seconds. Default: 30. */
  leaseSeconds?: number | undefined;
  /** How long to wait for another caller's result, in seconds. Default: 10. 0 and Infinity allowed. */
  waitSeconds?: number | undefined;
  /** While another caller executes: `wait` (default), or `reject` at once. */
  onInProgress?: 'wait' | 'reject' | undefined;
  /**
   * What identifies the payload; another one under the same key is refused. Default: the command's
   * own enumerable fields less the key itself. `undefined` means that nothing is compared.
   */
  fingerprint?: ((command: Command) => unknown) | undefined;
  /**
   * `after-lease` (default): when a process dies, the next caller runs the command anew. `never`:
   * nobody does until an operator deletes the key or its TTL ends.
   */
  takeover?: 'after-lease' | 'never' | undefined;
  /**
   * When Redis can't be asked: `fail` (default) with `CacheUnavailableError`, or `execute` the
   * handler unprotected. Only for what may as well run twice.
   */
  onUnavailable?: 'fail' | 'execute' | undefined;
}

/** The options as they are kept: whose command it is was checked where they were given. */
export interface IdempotentPolicy
  extends Omit<IdempotentOptions<never>, 'key' | 'name' | 'scope' | 'fingerprint'> {
  readonly key?: string | CommandFunction | undefined;
  readonly scope?: CommandFunction | undefined;
  readonly fingerprint?: CommandFunction | undefined;
}

/** A function that a user gave for commands of one class; what it returns is checked. */
export type CommandFunction = (command: never) => unknown;

/** What a module can set for all commands, and a decorator for one. */
export const policyOptions = {
  scope: functionOption.optional(),
  ttlSeconds: runOptions.shape.ttlSeconds,
  leaseSeconds: runOptions.shape.leaseSeconds,
  waitSeconds: runOptions.shape.waitSeconds.optional(),
  onInProgress: runOptions.shape.onInProgress.optional(),
  takeover: runOptions.shape.takeover.optional(),
  onUnavailable: z.enum(['fail', 'execute'], { error: "must be 'fail' or 'execute'" }).optional(),
};

const schema = z.strictObject({
  ...policyOptions,
  key: z
    .union([z.string().min(1), functionOption], {
      error: 'must be the name of a property or a function',
    })
    .optional(),
  name: z
    .string({ error: 'must be a string' })
    .min(1, { error: 'must not be empty' })
    .refine((name) => name.isWellFormed(), { error: 'must be well-formed Unicode' })
    .optional(),
  fingerprint: functionOption.optional(),
});

const policies = policySlot<IdempotentPolicy>('idempotent');
/** Apart from the policy, because a subclass must not share its parent's keys. */
const names = policySlot<{ readonly name: string }>('command-name');

/**
 * Marks a command class as idempotent and sets its policy. Every command of the class must then
 * have a key. A subclass inherits the policy, and can override it option by option. Works as a
 * legacy and as a standard class decorator.
 *
 * @throws {@link QxCacheSettingsError} where the class is declared, when an option is out of range
 * @example
 * ```ts
 * @idempotent<CreateOrder>({ key: 'requestId', scope: (command) => command.tenant })
 * class CreateOrder extends RequestData<Order> {
 *   constructor(readonly tenant: string, readonly requestId: string) { super(); }
 * }
 * ```
 */
export function idempotent<Command>(
  options: IdempotentOptions<Command> = {},
): (target: AnyClass<Command>, context?: unknown) => void {
  validate('@idempotent', schema, options);
  const { name, ...policy } = options;
  return (target) => {
    policies.attach(target, policy);
    if (name !== undefined) names.attach(target, { name });
  };
}

/** The policy of a command's class; `undefined` when neither it nor a parent is decorated. */
export function idempotentPolicyOf(target: AnyClass): IdempotentPolicy | undefined {
  return policies.of(target);
}

/** The name in the stored key: the one that was given to this very class, else its own. */
export function commandNameOf(target: AnyClass): string {
  const given = names.ownOf(target)?.name;
  if (given !== undefined) return given;
  if (typeof target.name === 'string' && target.name !== '') return target.name;
  throw new QxCacheSettingsError(
    "A command class without a name can't be idempotent: the name is a part of the stored key. Give it one with @idempotent({ name: 'CreateOrder' }).",
  );
}
