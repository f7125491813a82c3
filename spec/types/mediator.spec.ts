import { expectTypeOf } from 'expect-type';
import { Container } from 'inversify';
import { type Mediator, RequestData } from 'mediatr-ts';
import type { Result } from '../../src/index.js';
import {
  createMediator,
  currentExecution,
  IdempotencyBehavior,
  LockFactory,
  QxCache,
} from '../../src/mediator/index.js';

class Order {
  readonly id = 1;
}

class CreateOrder extends RequestData<Order> {
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
    class FindOrder extends RequestData<Result<Order, RangeError> | undefined> {}
    class Forget extends RequestData {}
    const results = () => {
      const mediator = createMediator(new Container(), { behaviors: [IdempotencyBehavior] });
      const found = () => mediator.send(new FindOrder());
      expectTypeOf(found).returns.resolves.toEqualTypeOf<Result<Order, RangeError> | undefined>();
      expectTypeOf(() => mediator.send(new Forget())).returns.resolves.toBeVoid();
      // @ts-expect-error: no request
      void mediator.send({ idempotencyKey: 'a' });
      // @ts-expect-error: no behavior
      createMediator(new Container(), { behaviors: [Order] });
    };
    expectTypeOf(results).toBeFunction();
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
