import { expect } from 'chai';
import fc from 'fast-check';
import { fingerprintOf } from '../../src/codec/fingerprint.js';

describe('fingerprintOf', () => {
  const equal: Record<string, [unknown, unknown]> = {
    'properties in another order': [
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
    ],
    'equal dates': [{ at: new Date(5) }, { at: new Date(5) }],
    'a date and its ISO text': [{ at: new Date(5) }, { at: new Date(5).toISOString() }],
    'a missing and an undefined field': [{ a: 1 }, { a: 1, b: undefined }],
    'an instance and its fields': [
      new (class Pay {
        amount = 1;
      })(),
      { amount: 1 },
    ],
    'maps in another order': [
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
    ],
    'sets in another order': [new Set([{ a: 1 }, 2]), new Set([2, { a: 1 }])],
    'bytes and a view of them': [new Uint8Array([2, 3]), new Uint8Array([1, 2, 3]).subarray(1)],
    'bytes in a buffer and in a part of one': [
      Buffer.from('bc'),
      Buffer.from('abcd').subarray(1, 3),
    ],
  };
  for (const [name, [one, other]] of Object.entries(equal)) {
    it(`is equal for ${name}`, () => {
      expect(fingerprintOf(one)).to.equal(fingerprintOf(other));
    });
  }

  const different: Record<string, [unknown, unknown]> = {
    'other values': [{ a: 1 }, { a: 2 }],
    'a number and its text': [{ a: 1 }, { a: '1' }],
    'a bigint and its text': [1n, '1'],
    'a bigint and a number': [1n, 1],
    'NaN and null': [{ a: Number.NaN }, { a: null }],
    'Infinity and null': [{ a: Number.POSITIVE_INFINITY }, { a: null }],
    'undefined and null': [undefined, null],
    'items in another order': [
      [1, 2],
      [2, 1],
    ],
    'a map and a set': [new Map([['a', 1]]), new Set([['a', 1]])],
    'maps with other values': [new Map([['a', 1]]), new Map([['a', 2]])],
    'a map and an empty object': [new Map([['a', 1]]), {}],
    'other bytes': [new Uint8Array([1]), new Uint8Array([2])],
    'other buffers': [Buffer.from('a'), Buffer.from('b')],
    'other expressions': [/a/, /a/i],
    'other errors': [new Error('a'), new Error('b')],
    'dates a millisecond apart': [new Date(5), new Date(6)],
  };
  for (const [name, [one, other]] of Object.entries(different)) {
    it(`tells apart ${name}`, () => {
      expect(fingerprintOf(one)).not.to.equal(fingerprintOf(other));
    });
  }

  it('is short, and the payload cannot be read from it', () => {
    expect(fingerprintOf({ card: '4111111111111111' })).to.match(/^[\w-]{43}$/);
  });

  it('takes any value', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    for (const value of [undefined, () => 1, Symbol('s'), cyclic, Object.create(null), '']) {
      expect(fingerprintOf(value)).to.be.a('string');
    }
  });

  it('is the same for what went through JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(fingerprintOf(JSON.parse(JSON.stringify(value)))).to.equal(fingerprintOf(value));
      }),
    );
  });

  it('tells apart what JSON tells apart', () => {
    // Compact JSON with sorted keys is what equality means here.
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : value && typeof value === 'object'
          ? Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, item]) => [key, sorted(item)])
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const isSame = JSON.stringify([sorted(one)]) === JSON.stringify([sorted(other)]);
        if (!isSame) expect(fingerprintOf(one)).not.to.equal(fingerprintOf(other));
      }),
    );
  });
});
