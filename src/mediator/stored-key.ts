import { IdempotencyKeyError } from '../errors/index.js';
import { type StoredKeyParts, storedKey } from '../idempotency/stored-key.js';
import { limits } from '../settings/limits.js';
import { problemOfUserKey } from '../settings/user-key.js';
import { commandNameOf, type Idempotent, idempotentPolicyOf } from './idempotent.js';
import type { IdempotencyDefaults } from './idempotent-options.js';
import { classOf } from './policy-slot.js';

/** What a module says about stored keys, where the class says nothing. */
type KeyDefaults = Pick<IdempotencyDefaults, 'scope' | 'name'>;

/**
 * The stored key of a command, by its own key and the policy of its class.
 *
 * @param module the `scope` of the module, or its `scope` and `name`, which apply where the class has
 *   none
 * @throws {@link IdempotencyKeyError} when the key or the scope is missing, empty or malformed
 * @throws {@link QxCacheSettingsError} when the class has no name
 */
export function storedKeyOf(
  command: object,
  module: KeyDefaults | NonNullable<KeyDefaults['scope']> = {},
): string {
  return storedKey(
    storedKeyPartsOf(command, typeof module === 'function' ? { scope: module } : module),
  );
}

/** What the stored key of a command is made of; each part is asked for once. */
export function storedKeyPartsOf(command: object, module: KeyDefaults): StoredKeyParts {
  const name = commandNameOf(classOf(command), module.name);
  return { scope: scopeOf(command, name, module.scope), name, key: idempotencyKeyOf(command) };
}

/**
 * The idempotency key of a command that must have one.
 *
 * @throws {@link IdempotencyKeyError} when it is missing, empty, malformed or too long
 */
function idempotencyKeyOf(command: object): string {
  const { key = 'idempotencyKey' satisfies keyof Idempotent } =
    idempotentPolicyOf(classOf(command)) ?? {};
  const found: unknown =
    typeof key === 'function' ? key(command as never) : command[key as keyof typeof command];
  return checked(found, `The idempotency key of ${classOf(command).name}`, limits.commandKeyBytes);
}

function scopeOf(
  command: object,
  name: string,
  moduleScope: IdempotencyDefaults['scope'],
): string | undefined {
  const own = idempotentPolicyOf(classOf(command))?.scope;
  const scope = (own ?? moduleScope)?.(command as never);
  // The module's function sees every command, also those that belong to nobody. A class that has a
  // scope of its own must not fall back to everybody's keys.
  if (scope === undefined && own === undefined) return undefined;
  return checked(scope, `The scope of ${name}`, limits.scopeBytes);
}

function checked(found: unknown, subject: string, maxBytes: number): string {
  const problem = problemOfUserKey(found, maxBytes);
  if (problem === undefined) return found as string;
  throw new IdempotencyKeyError(`${subject} ${problem}.`);
}
