import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { hasTag, SLOTS, slotOf } from '../../src/redis/key-slot.js';
import { redisKey } from '../../src/redis/key-space.js';

describe('A hash tag', () => {
  it('is seen where there is one', () => {
    expect(['{a}', 'x:{a}:y', 'a{b}{c}'].filter(hasTag)).to.have.length(3);
    expect(['', 'a', '{}', '{}{a}', '{a', 'a}', '}{'].filter(hasTag)).to.deep.equal([]);
  });
});

describe('The keys of users', () => {
  const names: Record<string, (i: number) => string> = {
    'with numbers': (i) => `order-${i}`,
    'with random ids': () => `create-order:${randomUUID()}`,
    'of tenants, with braces': (i) => `{tenant-${i % 7}}:${i}`,
  };
  for (const [title, name] of Object.entries(names)) {
    it(`${title} are spread evenly over the slots`, () => {
      const count = 100_000;
      const parts = 64;
      const found = new Array<number>(parts).fill(0);
      for (let i = 0; i < count; i += 1) {
        const part = Math.floor((slotOf(redisKey('qx', 'idempotency', name(i))) * parts) / SLOTS);
        found[part] = (found[part] as number) + 1;
      }
      const expected = count / parts;
      const chiSquare = found.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      // With 63 degrees of freedom an even spread is above this once in a million times.
      expect(chiSquare).to.be.below(130);
    });
  }
});
