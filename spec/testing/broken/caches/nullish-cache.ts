import { Cache, type GetOptions } from '../../../../src/index.js';

/** A stored null counts as absent. */
export class NullishCache extends Cache {
  override async get<T>(key: string, options?: GetOptions<T>): Promise<T | undefined> {
    return (await super.get<T>(key, options)) ?? undefined;
  }
}
