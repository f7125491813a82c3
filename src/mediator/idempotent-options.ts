import { z } from 'zod';
import type { StandardSchemaV1 } from '../codec/standard-schema.js';
import { runOptions } from '../idempotency/idempotency-options.js';
import { functionOption } from '../settings/common-options.js';

/** The names of the properties that hold a string, or may be absent, and never something else. */
export type TextProperty<Command> = {
  [Name in keyof Command]-?: IsText<Exclude<Command[Name], undefined>> extends true ? Name : never;
}[keyof Command] &
  string;

// `any` is a text; what can only be `undefined` is none.
type IsText<Value> = [Value] extends [never] ? false : [Value] extends [string] ? true : false;

/** What can be said about a command, and about all commands of a module. */
export interface CommandPolicy {
  /** How long the result is kept, in seconds. Default: 3600. A retry that comes later runs again. */
  ttlSeconds?: number | undefined;
  /** How long the claim outlives a process that died, in seconds. Default: 30. */
  leaseSeconds?: number | undefined;
  /** How long to wait for another caller's result, in seconds. Default: 10. 0 and Infinity allowed. */
  waitSeconds?: number | undefined;
  /** While another caller executes: `wait` (default), or `reject` at once. */
  onInProgress?: 'wait' | 'reject' | undefined;
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
  /** The version of the command. A result that another version stored is not replayed. */
  version?: string | undefined;
  /**
   * What becomes of a result that another version stored: `refuse` (default) it with
   * `IdempotencyResultUnavailableError`, or `execute` the command anew.
   */
  onVersionMismatch?: 'refuse' | 'execute' | undefined;
  /**
   * A Standard Schema (zod, valibot, arktype) that a replayed value must pass. It is given as the
   * schema's output; one that does not pass is a `CacheSerializationError`.
   */
  schema?: StandardSchemaV1 | undefined;
  /** Whether finished steps are kept when the command fails, for the next run. Default: no. */
  keepSteps?: boolean | undefined;
}

/** How a command is made idempotent. Each option overrides the module's. */
export interface IdempotentOptions<Command> extends CommandPolicy {
  // `NoInfer`: a command inferred from nothing but the name of a property has it, of whatever type.
  /** Where the key is: a property, or a function. Default: the property `idempotencyKey`. */
  key?: NoInfer<TextProperty<Command>> | ((command: Command) => string | undefined) | undefined;
  /**
   * The command's name in the stored key. Default: the name of the class. Give one to an anonymous
   * class, and where a minifier renames classes. A subclass does not inherit it.
   */
  name?: string | undefined;
  /** Whose key it is (a tenant, a user): the same key in another scope is another key. */
  scope?: ((command: Command) => string) | undefined;
  /**
   * What identifies the payload, as another one under the same key is refused: a function, a list of
   * fields, or `false` for nothing. Default: the command's own enumerable fields less the key. A
   * function that gives `undefined` means that nothing is compared.
   */
  fingerprint?:
    | ((command: Command) => unknown)
    | readonly NoInfer<keyof Command & string>[]
    | false
    | undefined;
}

/** A function that a user gave for commands of one class; what it returns is checked. */
export type CommandFunction = (command: never) => unknown;

/** The options as they are kept: whose command it is was checked where they were given. */
export interface IdempotentPolicy extends CommandPolicy {
  readonly key?: string | CommandFunction | undefined;
  readonly name?: string | undefined;
  readonly scope?: CommandFunction | undefined;
  readonly fingerprint?: CommandFunction | readonly string[] | false | undefined;
}

/** What a module can say about all of its commands. */
export interface IdempotencyDefaults extends CommandPolicy {
  /**
   * Whose key a command carries (a tenant, a user): the same key in another scope is another key.
   * `undefined` for commands that belong to nobody in particular.
   */
  readonly scope?: ((command: never) => string | undefined) | undefined;
  /** The name of a class in stored keys, where the class gives none. `undefined`: its own name. */
  readonly name?: ((commandClass: { readonly name: string }) => string | undefined) | undefined;
  /** What identifies the payload, see {@link IdempotentOptions}. A list names fields of commands. */
  readonly fingerprint?: ((command: never) => unknown) | readonly string[] | false | undefined;
}

const { shape } = runOptions;

/** What a module can set for all commands, and a decorator for one. @internal */
export const policyOptions = {
  scope: functionOption.optional(),
  ttlSeconds: shape.ttlSeconds,
  leaseSeconds: shape.leaseSeconds,
  waitSeconds: shape.waitSeconds.optional(),
  onInProgress: shape.onInProgress.optional(),
  takeover: shape.takeover.optional(),
  onUnavailable: shape.onUnavailable.optional(),
  version: shape.version,
  onVersionMismatch: shape.onVersionMismatch.optional(),
  schema: shape.schema,
  keepSteps: shape.keepSteps,
  fingerprint: z
    .custom<IdempotentPolicy['fingerprint']>(isFingerprint, {
      error: 'must be a function, a list of fields or false',
    })
    .optional(),
};

/** @internal */
export const idempotentSchema = z.strictObject({
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
});

function isFingerprint(x: unknown): boolean {
  if (Array.isArray(x)) return x.length > 0 && x.every((name) => typeof name === 'string');
  return typeof x === 'function' || x === false;
}
