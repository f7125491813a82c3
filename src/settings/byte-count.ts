import { z } from 'zod';
import { limits } from './limits.js';

/** An option that bounds a text that Redis holds, in bytes. */
export const byteCount = z
  .number({ error: 'must be a number of bytes' })
  .int({ error: 'must be a whole number of bytes' });

/** The same for one that says how long a stored text may be. */
export const maxBytes = byteCount
  .min(1, { error: 'must be at least 1 byte' })
  .max(limits.storedBytes, { error: 'must be at most 512 MiB, the most that Redis takes' });

/** How long a value is that is stored without anything said, in bytes. */
export const defaultMaxValueBytes = 64 * 1024 * 1024;
