import fc from 'fast-check';

/** What could break a key, a pattern, a hash tag, a list of words, an object or a line. */
const pieces = [
  ...['{', '}', ':', '%', '7', 'B', 'D', '2', '5', 'a', '*', '?', '[', ']', '\\', '"', "'", ' '],
  ...['\0', '\n', '\r', '\t', '\u001b[2K', '\u001b[31m', '\u009b', '\u2028', '\u2029', '\u0085'],
  ...['\u202e', '\u2066', '\u200b', '\u200d', '\ufeff', '\u00ad', '\u{e0041}', '💶'],
  ...['é', 'e\u0301', 'ﬁ', 'fi', 'K', '\u212a', 'ß', 'ı', '__proto__', 'constructor', 'toString'],
  ...['qx:lock:', 'wake:', 'lock:', 'semaphore:1:', 'read-write:', 'step:', ' 1 ', '-inf', 'nil'],
] as const;

const wholes = [
  ...['{}', '}{', '{a}b{c}', '%7B', '{%7D}', 'a}:changed', 'a}:queue', 'a:{b', '../..', '-1', '0'],
  ...['__proto__', 'constructor', 'hasOwnProperty', "'] end redis.call('FLUSHALL') --", '\r\n'],
  ...['*1\r\n$8\r\nFLUSHALL\r\n', '\u001b]0;title\u0007', 'x'.repeat(256), '\u0301', '🇩🇪👩‍👩‍👧'],
] as const;

/** Any text, and mostly hostile ones; not empty. */
export const hostileString = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...pieces), maxLength: 12 }),
    fc.string({ unit: fc.constantFrom('{', '}', ':', '%', '7', 'B', 'D', 'a') }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...wholes),
  )
  .filter((text) => text !== '');

/** Those of them that a user may give as a key or a name: up to 256 bytes, so a step may have it, too. */
export const hostileName = hostileString.filter(
  (text) => text.isWellFormed() && Buffer.byteLength(text) <= 256,
);

/** What could be taken for the same text, or for another part of what belongs to it. */
const lookAlikes: readonly ((text: string) => string)[] = [
  (text) => text.replace(/[%{}]/g, encodeURIComponent),
  (text) => text.replace(/%7[bd]|%25/gi, decodeURIComponent),
  (text) => encodeURIComponent(text),
  (text) => text.normalize('NFC'),
  (text) => text.normalize('NFKD'),
  (text) => text.toLowerCase(),
  (text) => text.trim(),
  (text) => `${text}\0`,
  (text) => `${text}}:queue`,
  (text) => `${text}:owners`,
  (text) => `semaphore:${text}`,
];

/** Two different names, often such that look alike to something. */
export const hostilePair = fc
  .tuple(hostileName, fc.oneof(fc.constantFrom(...lookAlikes), hostileName))
  .map(([name, other]) => [name, typeof other === 'string' ? other : other(name)] as const)
  .filter(([name, other]) => name !== other && other !== '');

/** A few of them, each once: the same at every run. */
export function hostileNames(count: number, seed = 7): string[] {
  return [...new Set(fc.sample(hostileName, { numRuns: count, seed }))];
}

/** What would end a line, move the cursor, hide or turn text. */
export const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
