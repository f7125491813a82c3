import { expect } from 'chai';
import fc from 'fast-check';
import { pack, unpack } from '../../src/idempotency/packed-texts.js';

describe('Packed texts', () => {
  it('come out as they went in, whatever is in them', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        expect(unpack(pack(texts))).to.deep.equal(texts);
      }),
    );
    expect(unpack(pack(['3:abc', '', '1:', 'größe']))).to.deep.equal(['3:abc', '', '1:', 'größe']);
  });

  it('that are none come to an end all the same', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(unpack(text).join('').length).to.be.at.most(text.length);
      }),
    );
    for (const text of ['abc', '5', '-1:abc', '3:abcx:']) expect(unpack(text)).to.be.an('array');
  });
});
