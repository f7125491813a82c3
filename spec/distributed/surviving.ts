import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { IdempotencyStore } from '../../src/index.js';
import type { Traffic } from './traffic.js';

/** Whatever happened, no caller has seen an error of the client, and no token went back. */
export function expectOnlyWhatIsPromised(traffic: Traffic): void {
  expect(traffic.raw.map(String), 'raw errors').to.deep.equal([]);
  const codes = [...traffic.refused.keys()];
  expect(['QX_UNAVAILABLE', 'QX_LOCK_NOT_HELD'], 'codes').to.include.members(codes);
  expect(traffic.tokens.size).to.be.greaterThan(0);
  for (const [name, tokens] of traffic.tokens) {
    const sorted = [...new Set(tokens)].sort((a, b) => a - b);
    expect(tokens, `tokens of ${name}`).to.deep.equal(sorted);
  }
}

/** Which of these completed keys are not known any more. No other result may have taken their place. */
export async function lostOf(
  redis: Redis | Cluster,
  completed: readonly string[],
): Promise<string[]> {
  const store = new IdempotencyStore(redis);
  const stored = await Promise.all(completed.map((key) => store.get<string>(key)));
  expect(stored.filter((value, i) => value !== undefined && value !== completed[i])).to.deep.equal(
    [],
  );
  return completed.filter((_, i) => stored[i] === undefined);
}

/** Shows in the output of the specs what a fault cost. */
export function report(what: string, traffic: Traffic, lost: readonly string[]): void {
  const refused = [...traffic.refused].map(([code, count]) => `${count} ${code}`).join(', ');
  console.log(
    `        ${what}: ${traffic.done} calls went well, ${refused || 'none'} refused; lost ${lost.length} of ${traffic.completed.length} completed keys`,
  );
}
