import { override } from '../settings/override.js';

/** Any class, also an abstract one. `never[]`, so that classes with typed parameters fit. */
export type AnyClass<Instance = unknown> = abstract new (...args: never[]) => Instance;

/** What a class decorator leaves on a class, for its subclasses too. */
export interface PolicySlot<Policy extends object> {
  /** Adds to what the class inherits: an option that is not given stays the parent's. */
  attach(target: AnyClass, policy: Policy): void;
  /** The policy of a class: its own, or else that of its nearest parent. */
  of(target: AnyClass): Policy | undefined;
  /** The policy of a class only when the class itself was decorated. */
  ownOf(target: AnyClass): Policy | undefined;
}

/**
 * Keeps policies under a symbol of the class itself: a lookup is one property read, which follows
 * the inheritance of classes. The symbol is a registered one, so that two installed copies of this
 * library see each other's policies.
 */
export function policySlot<Policy extends object>(name: string): PolicySlot<Policy> {
  const slot = Symbol.for(`qx-cache.${name}`);
  type Holder = { readonly [slot: symbol]: Policy | undefined };
  const policyOf = (target: AnyClass) => (target as unknown as Holder)[slot];
  return {
    of: policyOf,
    ownOf: (target) => (Object.hasOwn(target, slot) ? policyOf(target) : undefined),
    attach(target, policy) {
      const value = Object.freeze(override(policyOf(target) ?? {}, policy));
      Object.defineProperty(target, slot, { value, configurable: true });
    },
  };
}

/** The class of a command. */
export function classOf(command: object): AnyClass {
  return command.constructor as AnyClass;
}
