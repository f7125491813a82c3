import { override } from '../settings/override.js';

/** Any class, also an abstract one. `never[]`, so that classes with typed parameters fit. */
export type AnyClass<Instance = unknown> = abstract new (...args: never[]) => Instance;

/** What a class says about its instances, by a decorator or a static property, for subclasses too. */
export interface PolicySlot<Policy extends object> {
  /** A decorator adds to what the class inherits: an option that is not given stays the parent's. */
  attach(target: AnyClass, policy: Policy): void;
  /** What applies to a class: its decorators over its static properties. `undefined`: it says nothing. */
  of(target: AnyClass): Policy | undefined;
  /** What decorators say, of the class and its parents. */
  decorated(target: AnyClass): Policy | undefined;
  /** What static properties say, of the class and its parents. */
  declared(target: AnyClass): Policy | undefined;
}

/**
 * Keeps what decorators say under a symbol of the class itself, which follows the inheritance of
 * classes. The symbol is a registered one, so that two installed copies of this library see each
 * other's policies.
 *
 * @param name of the decorator, and of the static property
 * @param check throws when a static property holds something else than a policy
 */
export function policySlot<Policy extends object>(
  name: string,
  check: (declared: unknown, target: AnyClass) => Policy,
): PolicySlot<Policy> {
  const slot = Symbol.for(`qx-cache.${name}`);
  const known = new WeakMap<AnyClass, Policy | undefined>();
  const decorated = (target: AnyClass) =>
    (target as unknown as { readonly [slot: symbol]: Policy | undefined })[slot];
  const declared = (target: AnyClass): Policy | undefined => {
    const inherited = parentsOf(target).flatMap((owner) => {
      const own: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value;
      return own === undefined ? [] : [check(own, owner)];
    });
    return inherited.reduce<Policy | undefined>(
      (base, policy) => (base ? override(base, policy) : policy),
      undefined,
    );
  };
  const look = (target: AnyClass): Policy | undefined => {
    const base = declared(target);
    return base ? override(base, decorated(target)) : decorated(target);
  };
  return {
    decorated,
    declared,
    of(target) {
      if (!known.has(target)) known.set(target, look(target));
      return known.get(target);
    },
    attach(target, policy) {
      const value = Object.freeze(override(decorated(target) ?? {}, policy));
      Object.defineProperty(target, slot, { value, configurable: true });
      known.delete(target);
    },
  };
}

/** The class of a command. */
export function classOf(command: object): AnyClass {
  return command.constructor as AnyClass;
}

/** A class and what it extends, the root first. */
function parentsOf(target: AnyClass): AnyClass[] {
  const parents: AnyClass[] = [];
  for (
    let owner: unknown = target;
    typeof owner === 'function';
    owner = Object.getPrototypeOf(owner)
  ) {
    if (owner === Function.prototype) break;
    parents.unshift(owner as AnyClass);
  }
  return parents;
}
