/** What a user writes against the plugin, with the legacy decorators that mediatr-ts needs. */
import { Container } from 'inversify';
import { RequestData, requestHandler } from 'mediatr-ts';
import type { Result } from 'qx-cache';
import {
  createMediator,
  currentExecution,
  IdempotencyBehavior,
  type IdempotentOptions,
  idempotent,
  LockBehavior,
  locked,
  qxCacheModule,
} from 'qx-cache/mediator';

interface Order {
  readonly id: string;
}

@idempotent<CreateOrder>({
  key: 'requestId',
  scope: (command) => command.tenant,
  fingerprint: ['sku', 'cents'],
})
@locked<CreateOrder>({ key: (command) => [`stock:${command.sku}`] })
class CreateOrder extends RequestData<Result<Order, RangeError>> {
  constructor(
    readonly tenant: string,
    readonly requestId: string,
    readonly sku: string,
    readonly cents: number,
  ) {
    super();
  }
}

@requestHandler(CreateOrder)
export class CreateOrderHandler {
  async handle(command: CreateOrder): Promise<Result<Order, RangeError>> {
    const token: number | undefined = currentExecution()?.tokens.get(`stock:${command.sku}`);
    throw new RangeError(`${token}`);
  }
}

// @ts-expect-error no such field
export const wrongField: IdempotentOptions<CreateOrder> = { fingerprint: ['colour'] };

// @ts-expect-error the command has no such property
@idempotent<CreateOrder>({ key: 'orderId' })
export class Other extends CreateOrder {}

@idempotent({ key: 'requestId', fingerprint: ['sku'] })
export class Another extends CreateOrder {}

// @ts-expect-error a key that is no text
@idempotent({ key: 'cents' })
export class Third extends CreateOrder {}

export async function use(): Promise<string> {
  const container = new Container();
  await container.loadAsync(qxCacheModule({ url: 'memory://types' }));
  const mediator = createMediator(container, { behaviors: [IdempotencyBehavior, LockBehavior] });
  const result = await mediator.send(new CreateOrder('a', 'b', 'tea', 5));
  // @ts-expect-error what comes back is a Result
  result.id;
  return result.isSuccess ? result.value.id : result.error.message;
}
