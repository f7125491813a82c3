import { z } from 'zod';

/** An option that is a function; what it takes is for the types to check. */
export const functionOption = z.custom<(...args: never[]) => unknown>(
  (x) => typeof x === 'function',
  { error: 'must be a function' },
);

/** An option that is an `AbortSignal`. */
export const signalOption = z.custom<AbortSignal>((x) => x instanceof AbortSignal, {
  error: 'must be an AbortSignal',
});
