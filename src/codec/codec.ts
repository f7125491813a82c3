import { DevalueError, parse, stringify } from 'devalue';
import { CacheSerializationError, isCacheSerializationError } from '../errors/index.js';
import { codecIdPattern } from './codec-option.js';
import { builtInTypes, type CodecType } from './codec-types.js';
import { pathOfCycle } from './cycle.js';
import { fromPlainJson, toPlainJson } from './plain-json.js';

/** Turns values into text and back. Its id is stored with the text, so that a change is noticed. */
export interface Codec {
  /** Stored before each value: letters, digits and dashes. A codec reads only what has its id. */
  readonly id: string;
  /**
   * The text of a value.
   *
   * @throws {@link CacheSerializationError} naming the path inside a value that can't be stored
   */
  encode(value: unknown): string;
  /**
   * The value of a text.
   *
   * @throws when the text is not readable; the message of a `CacheSerializationError` is shown to the
   *   caller, so it must hold nothing of the text
   */
  decode(text: string): unknown;
}

/** Stands before plain JSON, which the text of devalue can't begin with. */
const JSON_MARK = 'j';

/**
 * The standard codec: everything JSON has, and `Date`, `Map`, `Set`, `bigint`, `undefined`, `NaN`,
 * `Buffer`, typed arrays, `URL`, `RegExp` and built-in errors. Functions, symbols, cycles and
 * instances of classes that are not registered are refused, not silently dropped. Built on devalue,
 * which runs no code and touches no prototype when it reads; what JSON gives back exactly is JSON.
 *
 * @param types your own classes, so that their instances survive the round trip
 * @example
 * const codec = createCodec([
 *   {
 *     name: 'Money',
 *     matches: (x) => x instanceof Money,
 *     encode: (money: Money) => [money.amount, money.currency],
 *     decode: ([amount, currency]: [bigint, string]) => new Money(amount, currency),
 *   },
 * ]);
 */
export function createCodec(types: readonly CodecType[] = []): Codec {
  const all = [...types, ...builtInTypes];
  const reducers = Object.fromEntries(
    all.map(({ name, matches, encode }) => [
      name,
      // An array, because devalue takes a falsy answer for "not mine".
      (x: unknown) => (matches(x) ? [encode(x as never)] : undefined),
    ]),
  );
  const revivers = Object.fromEntries(
    all.map(({ name, decode }) => [name, ([x]: [never]) => decode(x)]),
  );
  return {
    id: 'devalue1',
    encode(value) {
      try {
        // A type of the user's may match plain objects, too.
        const json = types.length === 0 ? toPlainJson(value) : undefined;
        if (json !== undefined) return JSON_MARK + json;
        const cycle = pathOfCycle(value);
        if (cycle !== undefined) throw refusal('A cycle', cycle);
        return stringify(value, reducers);
      } catch (error) {
        if (error instanceof CacheSerializationError) throw error;
        // Not as the cause: it has the value, and would print it.
        if (error instanceof DevalueError) throw refusal(error.message, error.path);
        throw refusal(
          'Reading it failed (a getter threw, or it is nested too deep)',
          undefined,
          error,
        );
      }
    },
    decode: (text) =>
      text.startsWith(JSON_MARK)
        ? fromPlainJson(text.slice(JSON_MARK.length))
        : parse(text, revivers),
  };
}

/** The codec that is used when no other is given. */
export const standardCodec = createCodec();

/** Encodes with the codec's id in front. */
export function seal(codec: Codec, value: unknown): string {
  return `${codec.id}:${codec.encode(value)}`;
}

/**
 * Decodes what {@link seal} made.
 *
 * @param subject what holds the text, for the message
 * @throws {@link CacheSerializationError} when another codec wrote it or it is not readable
 */
export function unseal(codec: Codec, text: unknown, subject: string): unknown {
  const colon = typeof text === 'string' ? text.indexOf(':') : -1;
  const id = colon < 0 ? undefined : (text as string).slice(0, colon);
  if (id !== codec.id) {
    throw new CacheSerializationError(
      `What is stored for ${subject} was not written by codec "${codec.id}"${id && codecIdPattern.test(id) ? ` but by "${id}"` : ''}. Nothing was changed; delete it, or read it with the codec that wrote it.`,
    );
  }
  try {
    return codec.decode((text as string).slice(colon + 1));
  } catch (cause) {
    const reason = isCacheSerializationError(cause) ? ` ${cause.message}` : '';
    throw new CacheSerializationError(
      `What is stored for ${subject} is not readable.${reason} Nothing was changed; delete it to start anew.`,
      // What a parser throws may quote the text.
      { cause: isCacheSerializationError(cause) ? cause : undefined },
    );
  }
}

function refusal(
  problem: string,
  path: string | undefined,
  cause?: unknown,
): CacheSerializationError {
  const place = path ? `at ${path}` : 'at the top of the value';
  return new CacheSerializationError(
    `The value can't be stored: ${problem}, ${place}. Store plain data, or register the class with createCodec().`,
    { path, cause },
  );
}
