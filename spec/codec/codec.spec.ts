import { deepStrictEqual } from 'node:assert';
import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Codec, createCodec, seal, standardCodec, unseal } from '../../src/codec/codec.js';
import { type CacheSerializationError, isCacheSerializationError } from '../../src/errors/index.js';

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('expected it to throw');
}

/** All of a value as text, other values as other text. */
const show = (value: unknown) =>
  inspect(value, { depth: Infinity, maxArrayLength: null, maxStringLength: null });

const roundTrip = (value: unknown, codec: Codec = standardCodec) =>
  codec.decode(codec.encode(value));

describe('standardCodec', () => {
  describe('gives back', () => {
    const values: Record<string, unknown> = {
      undefined: undefined,
      null: null,
      'undefined fields, which stay fields': { a: undefined, b: [undefined] },
      'special numbers': [Number.NaN, -0, Number.POSITIVE_INFINITY, Number.MIN_VALUE],
      'a bigint beyond 64 bits': 2n ** 80n,
      'half a surrogate pair and a NUL': 'a\ud800\u0000\u2028',
      'a date': new Date(1),
      'a map with keys of any kind': new Map<unknown, unknown>([
        [new Date(0), new Map()],
        [Number.NaN, 1],
      ]),
      'a set': new Set([1, '1', null]),
      'nested null': { a: { b: null }, c: [null] },
      'a buffer': Buffer.from([0, 1, 255]),
      'an empty buffer': Buffer.alloc(0),
      'a typed array': new Float64Array([1.5, Number.NaN]),
      'bytes that are a part of more': new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
      'an array with holes': [1, undefined, 3],
      'an object without a prototype': Object.assign(Object.create(null), { a: 1 }),
      'a key that looks like a prototype': { constructor: 1, prototype: 2, toString: 'x' },
      'a URL': new URL('https://example.com/?a=1'),
      'a regular expression': /a+/giu,
    };
    for (const [name, value] of Object.entries(values)) {
      it(name, () => {
        deepStrictEqual(roundTrip(value), value);
        deepStrictEqual(roundTrip({ inside: [value] }), { inside: [value] });
      });
    }

    it('any mixture of these', () => {
      const anything = fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withNullPrototype: true,
        withTypedArray: true,
        withSparseArray: true,
        withUnicodeString: true,
        // devalue refuses it, see below.
        key: fc.string().filter((key) => key !== '__proto__'),
      });
      fc.assert(
        fc.property(anything, (value) => {
          // Not deepStrictEqual, for which an invalid date never equals another.
          expect(show(roundTrip(value))).to.equal(show(value));
        }),
        { numRuns: 500 },
      );
    });

    it('an invalid date', () => {
      expect(roundTrip(new Date(Number.NaN))).to.be.instanceOf(Date);
      expect(String(roundTrip(new Date(Number.NaN)))).to.equal('Invalid Date');
    });

    it('a map with keys that have no text', () => {
      const value = new Map([[Object.create(null), [Object.create(null)]]]);
      expect(show(roundTrip(value))).to.equal(show(value));
    });

    it('only the part of a buffer that was given', () => {
      const secret = Buffer.from('public secret');
      expect(standardCodec.encode(secret.subarray(0, 6))).not.to.include('c2VjcmV0');
      const view = new Uint8Array(secret.buffer, secret.byteOffset, 6);
      expect(standardCodec.encode(view).length).to.be.below(100);
    });

    for (const errorClass of [Error, RangeError, TypeError, SyntaxError]) {
      it(`a ${errorClass.name} with its cause and fields, without the stack of another process`, () => {
        const cause = new Error('inner', { cause: { why: 1n } });
        const error = Object.assign(new errorClass('outer', { cause }), {
          code: 'E_X',
          at: new Date(0),
        });
        const found = roundTrip(error) as typeof error;
        expect(Object.getPrototypeOf(found)).to.equal(errorClass.prototype);
        expect(found).to.include({ message: 'outer', code: 'E_X' });
        expect(found.at).to.deep.equal(new Date(0));
        expect((found.cause as Error).message).to.equal('inner');
        expect((found.cause as Error).cause).to.deep.equal({ why: 1n });
        expect(standardCodec.encode(error)).not.to.include('codec.spec');
      });
    }

    it('two mentions of one object as one object', () => {
      const shared = { x: 1 };
      const found = roundTrip({ a: shared, b: shared }) as { a: object; b: object };
      expect(found.a).to.equal(found.b);
      expect(found.a).to.deep.equal(shared);
    });
  });

  describe('refuses, naming the place', () => {
    class Money {
      amount = 1;
    }
    class OrderError extends Error {}
    const inArray: unknown[] = [];
    inArray.push([inArray]);
    const inMap = new Map<string, unknown>();
    inMap.set('m', { inMap });
    const inSet = new Set<unknown>();
    inSet.add({ inSet });
    const inCause = new Error('c');
    inCause.cause = { inCause };

    const refused: Record<string, [unknown, string | undefined]> = {
      'a function': [{ a: [{ b: () => 1 }] }, '.a[0].b'],
      'a class': [{ Money }, '.Money'],
      'a symbol': [[Symbol('s')], '[0]'],
      'an instance of a class': [{ price: new Money() }, '.price'],
      'an error of a class of the user': [{ error: new OrderError('x') }, '.error'],
      'a promise': [{ later: Promise.resolve(1) }, '.later'],
      'a weak map': [{ weak: new WeakMap() }, '.weak'],
      'an object with a symbol key': [{ a: { [Symbol('s')]: 1 } }, '.a'],
      'an own key __proto__': [{ a: JSON.parse('{"__proto__":{"x":1}}') }, '.a'],
      'a function in a map': [new Map([['k', () => 1]]), '.get("k")'],
      'a cycle in an array': [{ inArray }, '.inArray[0][0]'],
      'a cycle in a map': [inMap, '.get("m").inMap'],
      'a cycle in a set': [inSet, '.values().inSet'],
      'a cycle of causes': [inCause, '.cause.inCause'],
    };
    for (const [name, [value, path]] of Object.entries(refused)) {
      it(`${name}, at ${path}`, () => {
        const error = thrownBy(() => standardCodec.encode(value)) as CacheSerializationError;
        expect(isCacheSerializationError(error)).to.equal(true);
        expect(error.path).to.equal(path);
        expect(error.message).to.include(`at ${path}`);
      });
    }

    it('a function alone, at the top', () => {
      const error = thrownBy(() => standardCodec.encode(() => 1)) as Error;
      expect(isCacheSerializationError(error)).to.equal(true);
      expect(error.message).to.include('at the top of the value');
    });

    it('what throws while it is read, with the reason as cause', () => {
      const cause = new Error('boom');
      const value = {
        get a() {
          throw cause;
        },
      };
      const error = thrownBy(() => standardCodec.encode(value));
      expect(isCacheSerializationError(error)).to.equal(true);
      expect(error).to.have.property('cause', cause);
    });

    it('what is nested too deep', () => {
      let deep: object = {};
      for (let i = 0; i < 100_000; i += 1) deep = { deep };
      expect(isCacheSerializationError(thrownBy(() => standardCodec.encode(deep)))).to.equal(true);
    });
  });

  describe('reading what somebody else wrote', () => {
    const hostile = [
      '',
      '[',
      '{}',
      'null',
      '5',
      '"x"',
      '[["Map",1,1]]',
      '[{"a":99}]',
      '[["Nope",1],1]',
      '[["Buffer",1],5]',
      '[["Error",1],5]',
      '[["BigInt","x"]]',
      '[["Uint8Array",1],"@@@"]',
      '[["RegExp","((("]]',
      '[["Object",1]]',
      '[{"__proto__":1},{"polluted":2},1]',
      '[["null","__proto__",1],{"polluted":2},1]',
      '[["Error",1],[2],[3,4,5],"Error","x",{"__proto__":6},{"polluted":7},1]',
    ];
    for (const text of hostile) {
      it(`throws for ${text || 'nothing'}, and pollutes no prototype`, () => {
        expect(() => standardCodec.decode(text)).to.throw();
        const error = thrownBy(() => unseal(standardCodec, `devalue1:${text}`, 'key "a"'));
        expect(isCacheSerializationError(error)).to.equal(true);
        expect({}).not.to.have.property('polluted');
        expect(new Error('x')).not.to.have.property('polluted');
      });
    }

    it('makes no function and no prototype of any text', () => {
      fc.assert(
        fc.property(fc.json(), (text) => {
          try {
            standardCodec.decode(text);
          } catch {}
          expect(Object.keys(Object.prototype)).to.deep.equal([]);
        }),
      );
    });

    it('does not let an error take over its own prototype or a constructor', () => {
      const text = '[["Error",1],[2],[3,4,5],"Function","x",{"constructor":6},1]';
      const found = standardCodec.decode(text) as Error;
      expect(Object.getPrototypeOf(found)).to.equal(Error.prototype);
    });
  });
});

describe('createCodec', () => {
  class Money {
    constructor(
      readonly amount: bigint,
      readonly currency: string,
    ) {}
  }
  const codec = createCodec([
    {
      name: 'Money',
      matches: (x) => x instanceof Money,
      encode: (money: Money) => [money.amount, money.currency],
      decode: ([amount, currency]: [bigint, string]) => new Money(amount, currency),
    },
  ]);

  it('lets instances of registered classes survive, wherever they are', () => {
    const value = { prices: new Map([['a', [new Money(5n, 'EUR')]]]) };
    const found = roundTrip(value, codec) as typeof value;
    const money = found.prices.get('a')?.[0];
    expect(money).to.be.instanceOf(Money);
    deepStrictEqual(found, value);
  });

  it('keeps falsy data of a registered class', () => {
    class Flag {
      constructor(readonly on: boolean) {}
    }
    const flags = createCodec([
      {
        name: 'Flag',
        matches: (x) => x instanceof Flag,
        encode: ({ on }: Flag) => on,
        decode: (on: boolean) => new Flag(on),
      },
    ]);
    expect(roundTrip([new Flag(false)], flags)).to.deep.equal([new Flag(false)]);
  });
});

describe('seal and unseal', () => {
  it('put the id of the codec in front, and notice another one', () => {
    expect(seal(standardCodec, 1)).to.equal(`${standardCodec.id}:j1`);
    const other: Codec = { ...standardCodec, id: 'other' };
    const text = seal(other, 'x:y');
    expect(unseal(other, text, 'key "a"')).to.equal('x:y');
    const error = thrownBy(() => unseal(standardCodec, text, 'key "a"')) as Error;
    expect(isCacheSerializationError(error)).to.equal(true);
    expect(error.message).to.include('key "a"').and.include('"other"');
  });

  it('quote no stored text in messages', () => {
    for (const text of [
      'secret text',
      'secret secret:[1]',
      'devalue1:secret',
      `${'s'.repeat(50)}:`,
    ]) {
      const error = thrownBy(() => unseal(standardCodec, text, 'key "a"')) as Error;
      expect(isCacheSerializationError(error)).to.equal(true);
      expect(error.message).not.to.include('secret').and.not.include('sss');
    }
  });

  it('refuse what is no text at all', () => {
    for (const what of [null, undefined, 5, { a: 1 }, Buffer.from('devalue1:[1]')]) {
      const error = thrownBy(() => unseal(standardCodec, what, 'key "a"'));
      expect(isCacheSerializationError(error)).to.equal(true);
    }
  });
});
