import { expect } from 'chai';
import fc from 'fast-check';
import { isIdempotencyKeyError } from '../../src/index.js';
import { idempotent, storedKey, storedKeyOf } from '../../src/mediator/index.js';

describe('storedKey', () => {
  it('reads plainly for plain parts', () => {
    expect(storedKey({ name: 'CreateOrder', key: 'A-17' })).to.equal('CreateOrder:A-17');
    expect(storedKey({ scope: 'acme', name: 'CreateOrder', key: 'A-17' })).to.equal(
      'acme:CreateOrder:A-17',
    );
  });

  it('never lets two different triples meet', () => {
    const part = fc.string({ unit: fc.constantFrom(':', '%', '3', 'A', '2', '5'), minLength: 1 });
    const triple = fc.record({ scope: fc.option(part, { nil: undefined }), name: part, key: part });
    fc.assert(
      fc.property(triple, triple, (one, other) => {
        const isSame =
          one.scope === other.scope && one.name === other.name && one.key === other.key;
        return isSame === (storedKey(one) === storedKey(other));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('storedKeyOf', () => {
  it('gives what the behavior uses, by the policy of the class', () => {
    @idempotent<Scoped>({
      key: ({ id }) => `order-${id}`,
      scope: ({ tenant }) => tenant,
      name: 'x',
    })
    class Scoped {
      constructor(
        readonly tenant: string,
        readonly id: number,
      ) {}
    }
    class Plain {
      readonly idempotencyKey = 'a';
    }
    expect(storedKeyOf(new Scoped('acme', 7))).to.equal('acme:x:order-7');
    expect(storedKeyOf(new Plain())).to.equal('Plain:a');
    expect(storedKeyOf(new Plain(), () => 'acme')).to.equal('acme:Plain:a');
    expect(storedKeyOf(new Plain(), () => undefined)).to.equal('Plain:a');
    expect(() => storedKeyOf(new Plain(), () => ''))
      .to.throw()
      .that.satisfies(isIdempotencyKeyError);
  });
});
