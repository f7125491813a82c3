import { type Claim, IdempotencyStore, type RunOptions } from '../../../../src/index.js';
import { throughJson } from '../through-json.js';

/** A replay is what JSON leaves of the value. */
export class JsonStore extends IdempotencyStore {
  override async run<T>(key: string, work: (claim: Claim) => Promise<T>, options?: RunOptions<T>) {
    const { value, replayed } = await super.run(key, work, options);
    return { value: replayed ? throughJson(value) : value, replayed };
  }
}
