import { Cache, type GetOrSetOptions } from '../../../../src/index.js';

const loads = new Map<string, Promise<unknown>>();

/** All who wait for a load get its failure. */
export class FailureSharingCache extends Cache {
  override async getOrSet<T>(
    key: string,
    load: (signal: AbortSignal) => Promise<T>,
    options: GetOrSetOptions<T>,
  ) {
    const running = loads.get(key) ?? super.getOrSet(key, load, options);
    loads.set(key, running);
    return running.finally(() => loads.delete(key)) as Promise<T>;
  }
}
