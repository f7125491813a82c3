import { IdempotencyStore } from '../../../../src/index.js';

/** Its inspection tells the result. */
export class TellingStore extends IdempotencyStore {
  override async inspect(key: string) {
    const record = await super.inspect(key);
    return record && { ...record, result: await this.get(key) };
  }
}
