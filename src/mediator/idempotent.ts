import { QxCacheSettingsError } from '../errors/index.js';
import { validate } from '../settings/validate.js';
import {
  type IdempotencyDefaults,
  type IdempotentOptions,
  type IdempotentPolicy,
  idempotentSchema,
} from './idempotent-options.js';
import type { Fitting, NamingOptions } from './naming-options.js';
import { type AnyClass, policySlot } from './policy-slot.js';

/** A command that carries its idempotency key. It needs no decorator. */
export interface Idempotent {
  /** 1 to 512 bytes of UTF-8. The same key, sent again, gets the first result. */
  readonly idempotencyKey: string;
}

/** What a class and its decorators say about its commands; also what they inherit. */
export const idempotentPolicies = policySlot<IdempotentPolicy>(
  'idempotent',
  (declared, { name }) => {
    validate(`static idempotent of ${name}`, idempotentSchema, declared);
    return declared as IdempotentPolicy;
  },
);
/** Apart from the policy, because a subclass must not share its parent's keys. */
const nameSlot = Symbol.for('qx-cache.command-name');

/**
 * Marks a command class as idempotent and sets its policy. Every command of the class must then
 * have a key. A subclass inherits the policy, and can override it option by option. Works as a
 * legacy and as a standard class decorator.
 *
 * Those who use no decorators say the same by a static property, `static readonly idempotent:
 * IdempotentOptions<CreateOrder> = { … }`. What applies: decorator over class static over module over
 * default, option by option; see {@link explainPolicy}.
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
  options?: IdempotentOptions<Command>,
): (target: AnyClass<Command>, context?: unknown) => void;
/** Without the type of the command: what is named must be there in the class that is decorated. */
export function idempotent<const Key extends string, const Field extends string>(
  options: NamingOptions<Key, Field>,
): <Command>(target: AnyClass<Command> & Fitting<Command, Key, Field>, context?: unknown) => void;
export function idempotent(
  options: IdempotentPolicy = {},
): (target: AnyClass, context?: unknown) => void {
  validate('@idempotent', idempotentSchema, options);
  const { name, ...policy } = options;
  return (target) => {
    idempotentPolicies.attach(target, policy);
    if (name !== undefined) Object.defineProperty(target, nameSlot, { value: name });
  };
}

/** What applies to commands of a class; `undefined` when neither it nor a parent says anything. */
export function idempotentPolicyOf(target: AnyClass): IdempotentPolicy | undefined {
  return idempotentPolicies.of(target);
}

/** Where what applies comes from, the strongest first. */
export type PolicySource = 'decorator' | 'class static' | 'module' | 'default';

/**
 * The name in the stored key, and where it comes from: the one that was given to this very class, else
 * the module's, else its own.
 *
 * @throws {@link QxCacheSettingsError} when the class has no name
 */
export function commandNaming(
  target: AnyClass,
  moduleName?: IdempotencyDefaults['name'],
): { readonly name: string; readonly from: PolicySource } {
  const own = (property: PropertyKey): unknown =>
    Object.hasOwn(target, property) ? Reflect.get(target, property) : undefined;
  const names: [PolicySource, unknown][] = [
    ['decorator', own(nameSlot)],
    ['class static', (own('idempotent') as IdempotentPolicy | undefined)?.name],
    ['module', moduleName?.(target)],
    ['default', target.name],
  ];
  const [from, name] = names.find(([, given]) => given !== undefined && given !== null) ?? [];
  if (from && typeof name === 'string' && name !== '') return { name, from };
  throw new QxCacheSettingsError(
    "A command class without a name can't be idempotent: the name is a part of the stored key. Give it one with @idempotent({ name: 'CreateOrder' }).",
  );
}

/** The name of {@link commandNaming}. */
export function commandNameOf(target: AnyClass, moduleName?: IdempotencyDefaults['name']): string {
  return commandNaming(target, moduleName).name;
}
