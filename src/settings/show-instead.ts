import { inspect } from 'node:util';

/**
 * Lets an object show this instead of itself wherever it is printed: by `console.log`, by
 * `util.inspect` and as JSON. What the object is and has does not change.
 */
export function showInstead<T extends object>(object: T, shown: () => object): T {
  return Object.defineProperties(object, {
    [inspect.custom]: { value: shown },
    toJSON: { value: shown },
  });
}
