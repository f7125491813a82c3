import { CacheSerializationError } from '../errors/index.js';
import type { Codec } from './codec.js';

/** The codec, but for values whose text is longer: those it refuses before anything is written. */
export function bounded(codec: Codec, maxValueBytes: number): Codec {
  return {
    id: codec.id,
    encode(value) {
      const text = codec.encode(value);
      const bytes = Buffer.byteLength(text);
      if (bytes <= maxValueBytes) return text;
      throw new CacheSerializationError(
        `The value can't be stored: its text has ${bytes} bytes; maxValueBytes allows ${maxValueBytes}.`,
      );
    },
    decode: (text) => codec.decode(text),
  };
}
