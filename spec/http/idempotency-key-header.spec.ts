import { expect } from 'chai';
import fc from 'fast-check';
import { serializeItem } from 'structured-headers';
import { IdempotencyKeyHeaderError, parseIdempotencyKey } from '../../src/http/index.js';
import { isIdempotencyKeyError } from '../../src/index.js';
import { thrownBy } from '../support/rejection.js';

function refusal(header: string | string[] | undefined | null): IdempotencyKeyHeaderError {
  const error = thrownBy(() => parseIdempotencyKey(header));
  expect(isIdempotencyKeyError(error)).to.equal(true);
  return error as IdempotencyKeyHeaderError;
}

describe('parseIdempotencyKey', () => {
  it('takes the string of a structured field', () => {
    expect(parseIdempotencyKey('"8e03978e-40d5"')).to.equal('8e03978e-40d5');
    expect(parseIdempotencyKey(' "a b" ')).to.equal('a b');
    expect(parseIdempotencyKey('"a\\"b\\\\c"')).to.equal('a"b\\c');
    expect(parseIdempotencyKey(['"a"'])).to.equal('a');
  });

  it('takes every string that a structured field can hold, as it was', () => {
    const ascii = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 200 });
    fc.assert(fc.property(ascii, (key) => parseIdempotencyKey(serializeItem(key)) === key));
  });

  it('gives parameters no meaning', () => {
    expect(parseIdempotencyKey('"a";expires=60;test')).to.equal('a');
  });

  it('tells a header that is missing from one that is malformed', () => {
    expect(refusal(undefined).reason).to.equal('missing');
    expect(refusal(null).reason).to.equal('missing');
    expect(refusal('').reason).to.equal('malformed');
  });

  const others = [
    'abc',
    '8e03978e',
    '12',
    '12.5',
    '?1',
    ':YWJj:',
    '@1659578233',
    '%"abc"',
    '("a")',
  ];
  const broken = [
    '"abc',
    'abc"',
    '"a" b',
    '"a", "b"',
    '"a";',
    '"é"',
    '"a\tb"',
    '"a\\b"',
    "'a'",
    '""',
  ];
  for (const header of [...others, ...broken, ['"a"', '"b"'], []]) {
    it(`refuses ${JSON.stringify(header)}`, () => {
      expect(refusal(header).reason).to.equal('malformed');
    });
  }

  it('takes 512 characters and no more', () => {
    expect(parseIdempotencyKey(`"${'a'.repeat(512)}"`)).to.have.length(512);
    expect(refusal(`"${'a'.repeat(513)}"`).message).to.contain('at most 512 bytes');
  });

  it('quotes nothing of what was sent', () => {
    expect(refusal('secret').message).not.to.contain('secret');
  });

  describe('with unquoted keys accepted', () => {
    const parse = (header: string) => parseIdempotencyKey(header, { unquoted: 'accept' });

    it('takes what older clients send for the same as with quotes', () => {
      expect(parse('8e03978e-40d5')).to.equal('8e03978e-40d5');
      expect(parse('"8e03978e-40d5"')).to.equal('8e03978e-40d5');
    });

    for (const header of ['', 'a b', 'a,b', 'a;b', 'a"b', 'a\\b', 'é', '"a', '"a", "b"']) {
      it(`still refuses ${JSON.stringify(header)}`, () => {
        expect(() => parse(header)).to.throw(IdempotencyKeyHeaderError);
      });
    }
  });
});
