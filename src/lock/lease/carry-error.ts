/**
 * Lets an error carry a second one, and gives what to throw: the same error, with the second as the
 * last `cause` of its chain. When the chain does not take it (it is frozen, or no error was thrown),
 * both go into one error of the shape of `SuppressedError`, which Node 20 does not have.
 */
export function carry(error: unknown, second: unknown): unknown {
  if (second === undefined) return error;
  const seen = new Set<unknown>();
  let last = error;
  while (last instanceof Error && last.cause !== undefined && !seen.has(last)) {
    seen.add(last);
    if (last === second) return error;
    last = last.cause;
  }
  if (last === second || seen.has(last)) return error;
  if (last instanceof Error && setCause(last, second)) return error;
  return suppressed(error, second);
}

function setCause(error: Error, cause: unknown): boolean {
  return Reflect.defineProperty(error, 'cause', {
    value: cause,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** @param error what counts: the message is its */
function suppressed(error: unknown, second: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const both = new Error(message, { cause: error });
  return Object.assign(both, { name: 'SuppressedError', error: second, suppressed: error });
}
