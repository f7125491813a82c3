import { Cache } from '../../../../src/index.js';

/** Many values at once: all count as there. */
export class ManyCache extends Cache {
  override async getMany<T>(keys: readonly string[]) {
    const found = await super.getMany<T | undefined>(keys);
    return new Map(keys.map((key) => [key, found.get(key) as T]));
  }

  override async delete(...keys: string[]) {
    await super.delete(...keys);
    return keys.length;
  }
}
