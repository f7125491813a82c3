import { RequestData } from 'mediatr-ts';
import type { IdempotentOptions, LockedOptions, ModuleOptions } from '../../src/mediator/index.js';

/** What a user would give to `qx-cache policy`. */
export class CancelOrder extends RequestData<void> {
  static readonly idempotent: IdempotentOptions<CancelOrder> = { key: 'requestId', ttlSeconds: 60 };
  static readonly locked: LockedOptions<CancelOrder> = { key: (command) => command.order };

  constructor(
    readonly requestId: string,
    readonly order: string,
  ) {
    super();
  }
}

export class PlainCommand extends RequestData<void> {
  constructor(readonly idempotencyKey: string) {
    super();
  }
}

/** No command. */
export class Handler {}

export const moduleOptions: ModuleOptions = { idempotency: { leaseSeconds: 7 } };
