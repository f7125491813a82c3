import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { z } from 'zod';
import { CacheSerializationError } from '../errors/index.js';
import { byteCount, defaultMaxValueBytes, maxBytes } from '../settings/byte-count.js';
import { validate } from '../settings/validate.js';
import { type Codec, standardCodec } from './codec.js';
import { wrappingId } from './wrapping-codec.js';

/** How {@link compressed} works. */
export interface CompressionOptions {
  /** A shorter text stays as it is. Default: 1024 bytes. */
  minBytes?: number | undefined;
  /**
   * The longest text that is taken and unpacked, in bytes. Default: 64 MiB. A small stored text that
   * was made to unpack to more is refused.
   */
  maxBytes?: number | undefined;
}

const options = z.strictObject({
  minBytes: byteCount.min(0, { error: 'must not be negative' }).default(1024),
  maxBytes: maxBytes.default(defaultMaxValueBytes),
});

/** What stands before the text. */
const plainMark = '0';
const packedMark = '1';
/** As fast as deflate or faster, and smaller; higher ones cost far more time than they save bytes. */
const quality = 4;

/**
 * A codec whose longer texts are compressed with brotli. A text that would not get shorter stays as it
 * is. Packing blocks the event loop: about 2 ms for 100 KB of data.
 *
 * To encrypt what is compressed, nest them: `encrypted(key, compressed())`. The other way round nothing
 * gets shorter.
 *
 * @param codec makes the text that is compressed. Default: the standard codec
 * @throws {@link QxCacheSettingsError} when an option is out of range
 */
export function compressed(codec: Codec = standardCodec, given: CompressionOptions = {}): Codec {
  const { minBytes, maxBytes } = validate('compressed', options, given);
  return {
    id: wrappingId('compressed', 'br', codec),
    encode(value) {
      const text = codec.encode(value);
      const size = Buffer.byteLength(text);
      if (size > maxBytes) {
        throw new CacheSerializationError(
          `The value can't be stored: its text has ${size} bytes; maxBytes of compressed() allows ${maxBytes}.`,
        );
      }
      if (size < minBytes) return plainMark + text;
      const packed = pack(text, size);
      return packed.length < size ? packedMark + packed : plainMark + text;
    },
    decode(text) {
      const body = text.slice(1);
      if (text.startsWith(plainMark)) return codec.decode(body);
      if (text.startsWith(packedMark)) return codec.decode(unpack(body, maxBytes));
      throw new CacheSerializationError('It is no compressed text.');
    },
  };
}

function pack(text: string, size: number): string {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: size,
  };
  return brotliCompressSync(text, { params }).toString('base64');
}

function unpack(body: string, maxOutputLength: number): string {
  try {
    return brotliDecompressSync(Buffer.from(body, 'base64'), { maxOutputLength }).toString();
  } catch (cause) {
    const isTooLong = cause instanceof RangeError;
    throw new CacheSerializationError(
      isTooLong
        ? `It unpacks to more than maxBytes of compressed() allows (${maxOutputLength}).`
        : 'Its compressed text is damaged.',
      { cause },
    );
  }
}
