import { expectTypeOf } from 'expect-type';
import { Container } from 'inversify';
import { type Mediator, RequestData } from 'mediatr-ts';
import type { Result } from '../../src/index.js';
import {
  createMediator,
  currentExecution,
  IdempotencyBehavior,
  type Idempotent,
  type IdempotentOptions,
  idempotent,
  type Lockable,
  type LockedOptions,
  LockFactory,
  locked,
  QxCache,
  qxCacheModule,
} from '../../src/mediator/index.js';

class Order {
  readonly id = 1;
}

type Branded = string & { readonly brand: unique symbol };

class CreateOrder extends RequestData<Order> implements Idempotent, Lockable {
  readonly lockKey = ['a'];
  constructor(
    readonly idempotencyKey: string,
    readonly tenant: string,
    readonly amount: number,
    readonly requestId?: Branded,
    readonly reference: string | number = 0,
    readonly parent: string | null = null,
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
      idempotent<CreateOrder>({ key: 'requestId' })(CreateOrder);
      idempotent<CreateOrder>({ key: (c) => c.requestId })(CreateOrder);
      idempotent<CreateOrder>({ fingerprint: ['tenant', 'amount'] })(CreateOrder);
      idempotent<CreateOrder>({ fingerprint: false })(CreateOrder);
      // @ts-expect-error: amount is not a string
      idempotent<CreateOrder>({ key: 'amount' });
      // @ts-expect-error: not always a string
      idempotent<CreateOrder>({ key: 'reference' });
      // @ts-expect-error: nor is this, and null is refused as a key
      idempotent<CreateOrder>({ key: 'parent' });
      // @ts-expect-error: a function that gives no string
      idempotent<CreateOrder>({ key: (c) => c.amount });
      // @ts-expect-error: a function of something that the command lacks
      idempotent<CreateOrder>({ key: (c) => c.nothing });
      // @ts-expect-error: without the type of the command it has no properties to name
      idempotent({ key: 'tenant' })(CreateOrder);
      // @ts-expect-error: the same
      idempotent({ fingerprint: ['tenant'] })(CreateOrder);
      // @ts-expect-error: a fingerprint of a field that is not there
      idempotent<CreateOrder>({ fingerprint: ['tenant', 'nothing'] });
      // @ts-expect-error: a fingerprint of something that the command lacks
      idempotent<CreateOrder>({ fingerprint: (c) => c.nothing });
      // @ts-expect-error: true says nothing
      idempotent<CreateOrder>({ fingerprint: true });
      // @ts-expect-error: there is no such property
      idempotent<CreateOrder>({ key: 'nothing' });
      // @ts-expect-error: a scope is a string
      idempotent<CreateOrder>({ scope: (c) => c.amount });
      // @ts-expect-error: whose scope may be missing would share everybody's keys
      idempotent<CreateOrder>({ scope: (c) => c.requestId });
      // @ts-expect-error: a decorator for another command
      idempotent<CreateOrder>({ scope: (c) => c.tenant })(Order);
      // @ts-expect-error: the same, where the function says whose it is
      idempotent({ key: (c: CreateOrder) => c.tenant })(Order);
      // @ts-expect-error: a misspelled option
      idempotent<CreateOrder>({ ttlSecond: 1 });
      // @ts-expect-error: a wrong word
      idempotent<CreateOrder>({ takeover: 'always' });
      // @ts-expect-error: a lock needs a key
      locked<CreateOrder>({ ttlSeconds: 1 });
      // @ts-expect-error: a name of a lock is a string
      locked<CreateOrder>({ key: (c) => c.amount });
      // @ts-expect-error: a lock of something that the command lacks
      locked<CreateOrder>({ key: (c) => c.nothing });
      // @ts-expect-error: a lock of another command
      locked<CreateOrder>({ key: (c) => c.tenant })(Order);
    };
    expectTypeOf(check).toBeFunction();
  });

  it('say the same of static properties and of what a module is given', () => {
    const check = () => {
      const statics: IdempotentOptions<CreateOrder> = { key: 'tenant', fingerprint: ['amount'] };
      // @ts-expect-error: amount is not a string
      const wrongKey: IdempotentOptions<CreateOrder> = { key: 'amount' };
      // @ts-expect-error: a lock needs a key
      const noKey: LockedOptions<CreateOrder> = { waitSeconds: 1 };
      qxCacheModule({ url: 'memory://types', idempotency: { fingerprint: ['tenant'] } });
      qxCacheModule({ url: 'memory://types', scope: (c: CreateOrder) => c.tenant });
      // @ts-expect-error: a scope is a string
      qxCacheModule({ url: 'memory://types', scope: (c: CreateOrder) => c.amount });
      return [statics, wrongKey, noKey];
    };
    expectTypeOf(check).toBeFunction();
  });

  it('take the decorators for classes and nothing else', () => {
    const check = () => {
      @idempotent<Derived>({ key: 'tenant' })
      @locked<CreateOrder>({ key: (command) => command.tenant })
      abstract class Derived extends CreateOrder {}
      class Method {
        // @ts-expect-error: not for a method
        @idempotent()
        handle(): void {}
      }
      return [Derived, Method];
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
