import { Cache, type SetOptions } from '../../../../src/index.js';
import { throughJson } from '../through-json.js';

/** Stores what JSON leaves of a value. */
export class JsonCache extends Cache {
  override set<T>(key: string, value: T, options?: SetOptions) {
    return super.set(key, throughJson(value), options);
  }
}
