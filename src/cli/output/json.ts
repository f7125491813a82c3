/**
 * Text that any JSON parser reads back as it was, and that does nothing to a terminal: characters that
 * move the cursor, are invisible or turn the direction of text stand as escapes.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, toJson, indent).replace(
    // Line breaks are those of the indentation: within strings they are escaped already.
    /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => {
      const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
      return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
    },
  );
}

/** What JSON has no form for, as text or lists. `this` holds what `toJSON` has not changed yet. */
function toJson(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  if (typeof original === 'bigint') return String(original);
  if (typeof original === 'number' && !Number.isFinite(original)) return String(original);
  if (original instanceof Map || original instanceof Set) return [...original];
  if (ArrayBuffer.isView(original))
    return Buffer.from(original.buffer, original.byteOffset, original.byteLength).toString(
      'base64',
    );
  if (original instanceof Error) return { name: original.name, message: original.message };
  return value;
}
