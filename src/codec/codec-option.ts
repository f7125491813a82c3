import { z } from 'zod';
import type { Codec } from './codec.js';

/** A codec given as an option. */
export const codecOption = z.custom<Codec>(isCodec, {
  error: 'must be a codec; see createCodec()',
});

/** What the id of a codec may be. */
export const codecIdPattern = /^[\w-]{1,32}$/;

/** Whether this is a codec that can be used. */
export function isCodec(x: unknown): boolean {
  const { id, encode, decode } = (x ?? {}) as Partial<Codec>;
  if (typeof encode !== 'function' || typeof decode !== 'function') return false;
  return typeof id === 'string' && codecIdPattern.test(id);
}
