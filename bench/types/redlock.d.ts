// redlock has types, but its "exports" hide them from TypeScript: here is what the adapter uses.
declare module 'redlock' {
  import type { Redis } from 'ioredis';

  export default class Redlock {
    constructor(
      clients: readonly Redis[],
      settings: { retryDelay: number; retryJitter: number; retryCount: number },
    );
    acquire(resources: string[], milliseconds: number): Promise<{ release(): Promise<unknown> }>;
  }
}
