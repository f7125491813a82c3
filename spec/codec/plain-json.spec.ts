import { expect } from 'chai';
import fc from 'fast-check';
import { standardCodec } from '../../src/codec/codec.js';
import { fromPlainJson, toPlainJson } from '../../src/codec/plain-json.js';

describe('plain JSON', () => {
  it('is what JSON gives back exactly, and nothing else', () => {
    const shared = { a: 1 };
    const others: Record<string, unknown> = {
      undefined: undefined,
      'a field that is undefined': { a: undefined },
      'a hole': Array(2),
      NaN: [Number.NaN],
      Infinity: { a: Number.POSITIVE_INFINITY },
      '-0': [-0],
      'a bigint': 1n,
      'a date': { at: new Date(0) },
      'a map': new Map(),
      'a class': new (class A {})(),
      'a subclass of Array': new (class A extends Array {})(),
      'no prototype': Object.create(null),
      'one thing twice': [shared, shared],
      'a key that is a symbol': { [Symbol('a')]: 1 },
      'a method toJSON': { toJSON: () => 1 },
      'a hidden method toJSON': Object.defineProperty({}, 'toJSON', { value: () => 1 }),
      'a trap': JSON.parse('{"__proto__":1}'),
      'a trap in a text': ['__proto__', '\\u005f'],
    };
    for (const [title, value] of Object.entries(others))
      expect(toPlainJson(value), title).to.equal(undefined);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(fromPlainJson(toPlainJson(plain) ?? 'null')).to.deep.equal(plain);
      }),
    );
  });

  it('leaves a cycle to those who can name its path', () => {
    const cycle: unknown[] = [];
    cycle.push({ cycle });
    expect(toPlainJson(cycle)).to.equal(undefined);
    expect(() => standardCodec.encode(cycle)).to.throw('A cycle, at');
  });

  it('keeps what occurs twice one thing', () => {
    const shared = { a: 1 };
    const [one, other] = standardCodec.decode(standardCodec.encode([shared, shared])) as object[];
    expect(one).to.equal(other);
  });

  it('is not read with a trap in it, however that is written', () => {
    const key = '__proto__';
    const escaped = [...key].map((sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
    const each = escaped.map((sign, i) => key.slice(0, i) + sign + key.slice(i + 1));
    const all = [key, ...each, ...each.map((text) => text.replace('5f', '5F')), escaped.join('')];
    for (const text of all.map((written) => `{"${written}":1}`))
      expect(() => standardCodec.decode(`j${text}`)).to.throw('not written here');
  });
});
