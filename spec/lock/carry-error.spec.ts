import { expect } from 'chai';
import { carry } from '../../src/lock/lease/carry-error.js';

describe('carry', () => {
  const second = new Error('second');
  const causeOf = (error: unknown) => (error as Error).cause;

  it('gives the same error, with the second as its cause', () => {
    const error = new Error('first');
    expect(carry(error, second)).to.equal(error);
    expect(error.cause).to.equal(second);
    expect(Object.keys(error)).to.deep.equal([]);
  });

  it('puts the second at the end of the chain', () => {
    const root = new Error('root');
    const error = new Error('first', { cause: new Error('middle', { cause: root }) });
    expect(carry(error, second)).to.equal(error);
    expect(root.cause).to.equal(second);
  });

  it('changes nothing when there is no second, or the chain has it', () => {
    const error = new Error('first', { cause: second });
    expect(carry(error, undefined)).to.equal(error);
    expect(carry(error, second)).to.equal(error);
    expect(carry(second, second)).to.equal(second);
    expect(second.cause).to.equal(undefined);
  });

  it('leaves a chain without an end as it is', () => {
    const error = new Error('first');
    error.cause = new Error('middle', { cause: error });
    expect(carry(error, second)).to.equal(error);
  });

  it('puts both into one error when the first takes no cause', () => {
    const unwilling = [
      Object.freeze(new Error('first')),
      'first',
      new Error('first', { cause: 'text' }),
    ];
    for (const error of unwilling) {
      const both = carry(error, second);
      expect(both).to.include({ name: 'SuppressedError', error: second, suppressed: error });
      expect((both as Error).message).to.equal('first');
      expect(causeOf(both)).to.equal(error);
    }
  });
});
