import { Cache, type GetOptions, type SetOptions } from '../../../../src/index.js';

/** Does not know any options, so nothing ends, and nothing is checked. */
export class OptionlessCache extends Cache {
  override get<T>(key: string, _options?: GetOptions<T>): Promise<T | undefined> {
    return super.get<T>(key);
  }

  override set<T>(key: string, value: T, _options?: SetOptions) {
    return super.set(key, value);
  }
}
