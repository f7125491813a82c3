import { perSecond } from '../../contest/rate.js';
import type { Claimed, Claims } from '../../peers/idempotency/claims.js';
import { ORDER } from '../order.js';

/** How often each half was done in a second. */
export interface Halves {
  readonly claims: number;
  readonly completes: number;
}

let count = 0;

/** Claims new keys for a while, then completes all of them. */
export async function halvesPerSecond(
  { claim }: Pick<Claims, 'claim'>,
  inFlight: number,
): Promise<Halves> {
  const open: Claimed[] = [];
  const claims = await perSecond(async () => {
    count += 1;
    const answer = await claim(`half-${count}`);
    if (answer.is === 'completed') throw new Error('A new key was completed.');
    open.push(answer);
  }, inFlight);

  const total = open.length;
  const begunAt = performance.now();
  const callers = Array.from({ length: inFlight }, async () => {
    for (let claimed = open.pop(); claimed; claimed = open.pop()) await claimed.complete(ORDER);
  });
  await Promise.all(callers);
  return { claims, completes: total / ((performance.now() - begunAt) / 1000) };
}
