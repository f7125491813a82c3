import { renewScript } from '../../../../src/idempotency/scripts/renew.js';
import { IdempotencyStore } from '../../../../src/index.js';
import { withBug } from '../../../support/broken-scripts.js';
import type { Engine } from '../../../support/engines.js';

/** A renewal extends nothing. */
export function idleStore(redis: Awaited<ReturnType<Engine['connect']>>): IdempotencyStore {
  const bug = { script: renewScript, instead: 'now + tonumber(lease)', has: 'now' };
  return new IdempotencyStore(withBug(redis, bug));
}
