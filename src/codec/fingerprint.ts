import { hash } from 'node:crypto';
import { configure } from 'safe-stable-stringify';
import { CacheSerializationError } from '../errors/index.js';

const stringify = configure({ bigint: false });

/**
 * A short text that is equal for equal payloads. The order of properties makes no difference, nor
 * does a field that is `undefined` against one that is missing, nor a `Date` against its ISO text:
 * a retry may have gone through JSON. The payload can't be read back from it.
 *
 * @throws {@link CacheSerializationError} when the payload is nested too deep, or longer than a text can be
 */
export function fingerprintOf(payload: unknown): string {
  return hash('sha256', textOf(payload), 'base64url');
}

function textOf(payload: unknown): string {
  try {
    return canonical(payload);
  } catch (error) {
    // Of a getter or a toJSON of the payload: its own business.
    if (!(error instanceof RangeError)) throw error;
    throw new CacheSerializationError(
      'The fingerprint can not be taken: the payload is nested too deep, or too long. Nothing was claimed; give what identifies the payload as `fingerprint`.',
    );
  }
}

function canonical(payload: unknown): string {
  return (
    stringify(payload, function (this: Record<string, unknown>, key, value: unknown) {
      // A Buffer turns itself into something else before it comes here; its holder has the original.
      const original = this[key];
      return tag(ArrayBuffer.isView(original) ? original : value);
    }) ?? 'undefined'
  );
}

/** Gives what JSON would drop or blur a form of its own. */
function tag(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $bigint: String(value) };
    case 'number':
      return Number.isFinite(value) ? value : { $number: String(value) };
    case 'object':
      if (value instanceof Map) return { $map: [...value].map(canonical).sort() };
      if (value instanceof Set) return { $set: [...value].map(canonical).sort() };
      if (value instanceof URLSearchParams) return { $search: String(value) };
      if (value instanceof ArrayBuffer) {
        return { $bytes: Buffer.from(value).toString('base64') };
      }
      if (value instanceof Error) return { $error: value.name, message: value.message };
      if (value instanceof RegExp) return { $regexp: String(value) };
      if (ArrayBuffer.isView(value)) {
        const { buffer, byteOffset, byteLength } = value;
        return { $bytes: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
      }
      return value;
    default:
      return value;
  }
}
