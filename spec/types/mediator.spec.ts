import { expectTypeOf } from 'expect-type';
import { Container } from 'inversify';
import { type Mediator, RequestData } from 'mediatr-ts';
import {
  createMediator,
  currentExecution,
  type Idempotent,
  idempotent,
  type Lockable,
  LockFactory,
  locked,
  QxCache,
} from '../../src/mediator/index.js';

class Order {
  readonly id = 1;
}

class CreateOrder extends RequestData<Order> implements Idempotent, Lockable {
  readonly lockKey = ['a'];
  constructor(
    readonly idempotencyKey: string,
    readonly tenant: string,
    readonly amount: number,
  ) {
    super();
  }
}

// Only type-checked: that this file compiles is the test.
describe('types of qx-cache/mediator', () => {
  it('let decorators know the command', () => {
    const check = () => {
      idempotent<CreateOrder>({
        key: 'tenant',
        scope: (c) => c.tenant,
        fingerprint: (c) => c.amount,
      })(CreateOrder);
      idempotent({ scope: (c: CreateOrder) => c.tenant })(CreateOrder);
      idempotent({ ttlSeconds: 1 })(CreateOrder);
      idempotent()(CreateOrder);
      locked<CreateOrder>({ key: (c) => [c.tenant] })(CreateOrder);
      locked({ key: ['a', 'b'] })(CreateOrder);
      // @ts-expect-error: amount is not a string
      idempotent<CreateOrder>({ key: 'amount' });
      // @ts-expect-error: there is no such property
      idempotent<CreateOrder>({ key: 'nothing' });
      // @ts-expect-error: a scope is a string
      idempotent<CreateOrder>({ scope: (c) => c.amount });
      // @ts-expect-error: a decorator for another command
      idempotent<CreateOrder>({ scope: (c) => c.tenant })(Order);
      // @ts-expect-error: a lock needs a key
      locked<CreateOrder>({ ttlSeconds: 1 });
      // @ts-expect-error: a name of a lock is a string
      locked<CreateOrder>({ key: (c) => c.amount });
    };
    expectTypeOf(check).toBeFunction();
  });

  it('keep the response, and take classes with typed constructors', () => {
    class Handler {
      constructor(readonly prefix: string) {}
      async handle(command: CreateOrder): Promise<Order> {
        return Object.assign(new Order(), { prefix: this.prefix, command });
      }
    }
    class Behavior {
      constructor(readonly level: number) {}
      async handle(_request: unknown, next: () => unknown): Promise<unknown> {
        return next();
      }
    }
    const check = () => {
      const mediator = createMediator(new Container(), { behaviors: [Behavior] });
      expectTypeOf(mediator).toExtend<Mediator>();
      mediator.registerHandler(CreateOrder, Handler);
      class Wrong {
        async handle(): Promise<string> {
          return 'text';
        }
      }
      // @ts-expect-error: a handler of another response
      mediator.registerHandler(CreateOrder, Wrong);
      return mediator.send(new CreateOrder('a', 'b', 1));
    };
    expectTypeOf(check).returns.resolves.toEqualTypeOf<Order>();
  });

  it('give the bound classes and the execution as they are', () => {
    const container = new Container();
    expectTypeOf(() => container.get(QxCache)).returns.toEqualTypeOf<QxCache>();
    expectTypeOf(() => container.get(LockFactory)).returns.toEqualTypeOf<LockFactory>();
    expectTypeOf(currentExecution).returns.extract<object>().toHaveProperty('signal');
    expectTypeOf(currentExecution).returns.extract<undefined>().toEqualTypeOf<undefined>();
  });
});
