import { override } from '../settings/override.js';

/** Any class, also an abstract one. Not the type of a constructor, as no private one fits that. */
export interface AnyClass<Instance = unknown> {
  readonly name: string;
  readonly prototype: Instance;
}

/** One thing that a class says about its instances, and how. */
export interface Saying<Policy> {
  readonly by: 'decorator' | 'class static';
  readonly policy: Policy;
}

/** What a class says about its instances, by a decorator or a static property, for subclasses too. */
export interface PolicySlot<Policy extends object> {
  /** What the decorators of one class say adds up. */
  attach(target: AnyClass, policy: Policy): void;
  /** What applies to a class. `undefined`: neither it nor a parent says anything. */
  of(target: AnyClass): Policy | undefined;
  /** All that is said, the strongest last: a class over its parents, its decorators over its static. */
  sayings(target: AnyClass): readonly Saying<Policy>[];
}

/**
 * Keeps what decorators say under a symbol of the class itself. The symbol is a registered one, so that
 * two installed copies of this library see each other's policies.
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
  const own = (target: AnyClass, property: PropertyKey): unknown =>
    Object.hasOwn(target, property) ? Reflect.get(target, property) : undefined;
  const sayings = (target: AnyClass): Saying<Policy>[] =>
    parentsOf(target).flatMap((owner) => {
      const declared = own(owner, name);
      const decorated = own(owner, slot) as Policy | undefined;
      return [
        ...(declared === undefined
          ? []
          : [{ by: 'class static', policy: check(declared, owner) } as const]),
        ...(decorated === undefined ? [] : [{ by: 'decorator', policy: decorated } as const]),
      ];
    });
  return {
    sayings,
    of(target) {
      if (!known.has(target)) {
        const policies = sayings(target).map(({ policy }) => policy);
        const [first, ...others] = policies;
        known.set(target, first && others.reduce((base, policy) => override(base, policy), first));
      }
      return known.get(target);
    },
    attach(target, policy) {
      const before = (own(target, slot) ?? {}) as Policy;
      const value = Object.freeze(override(before, policy));
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
