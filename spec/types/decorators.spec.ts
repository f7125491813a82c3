import { expectTypeOf } from 'expect-type';
import { RequestData } from 'mediatr-ts';
import {
  explainPolicy,
  type Idempotent,
  type IdempotentOptions,
  idempotent,
  type Lockable,
  type LockedOptions,
  locked,
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
    // biome-ignore lint/suspicious/noExplicitAny: what users have, too.
    readonly anything?: any,
  ) {
    super();
  }
}

// Only type-checked: that this file compiles is the test.
describe('the types of the decorators', () => {
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

  it('look at the class where the options do not say whose they are', () => {
    const check = () => {
      @idempotent({ key: 'x' })
      class Named {
        constructor(readonly x: string) {}
      }
      idempotent({ key: 'requestId' })(CreateOrder);
      idempotent({ key: 'anything', ttlSeconds: 1, name: 'Create' })(CreateOrder);
      idempotent({ fingerprint: ['tenant', 'amount'] })(CreateOrder);
      idempotent({ key: 'tenant', fingerprint: ['amount'] })(CreateOrder);
      idempotent({ key: 'tenant', scope: (c) => c.tenant })(CreateOrder);
      idempotent({ key: 'tenant', scope: (c: CreateOrder) => c.reference.toString() })(CreateOrder);
      idempotent({ key: 'tenant', fingerprint: (c: CreateOrder) => c.amount })(CreateOrder);
      // @ts-expect-error: amount is not a string
      idempotent({ key: 'amount' })(CreateOrder);
      // @ts-expect-error: nor is this, always
      idempotent({ key: 'parent', fingerprint: ['amount'] })(CreateOrder);
      // @ts-expect-error: there is no such property
      idempotent({ key: 'nothing' })(CreateOrder);
      // @ts-expect-error: the same, for a fingerprint
      idempotent({ fingerprint: ['tenant', 'nothing'] })(CreateOrder);
      // @ts-expect-error: the same, beside a key that is there
      idempotent({ key: 'tenant', fingerprint: ['nothing'] })(CreateOrder);
      // @ts-expect-error: the function says whose it is, and that has no such property
      idempotent({ key: 'nothing', scope: (c: CreateOrder) => c.tenant })(CreateOrder);
      // @ts-expect-error: a misspelled option
      idempotent({ key: 'tenant', ttlSecond: 1 })(CreateOrder);
      return Named;
    };
    expectTypeOf(check).toBeFunction();
  });

  it('take classes of all kinds', () => {
    const check = () => {
      @idempotent<Hidden>({ key: 'id' })
      @locked<Hidden>({ key: (command) => command.id })
      class Hidden {
        static of(id: string): Hidden {
          return new Hidden(id);
        }
        private constructor(readonly id: string) {}
      }
      @idempotent<Base>({ key: 'id', name: 'Base' })
      abstract class Base {
        protected constructor(readonly id: string) {}
      }
      @idempotent({ key: 'id', ttlSeconds: 1 })
      @locked<Base>({ key: ({ id }) => [id] })
      class Child extends Base {
        constructor(readonly size: number) {
          super('a');
        }
      }
      @idempotent<Page<unknown>>({ key: 'id', fingerprint: ['items'] })
      @locked({ key: 'pages' })
      class Page<Item> extends RequestData<Item[]> {
        constructor(
          readonly id: string,
          readonly items: Item[],
        ) {
          super();
        }
      }
      idempotent({ key: 'id' })(Page);
      explainPolicy(Hidden);
      // @ts-expect-error: a generic class is checked, too
      idempotent({ key: 'items' })(Page);
      return [Hidden, Base, Child, Page];
    };
    expectTypeOf(check).toBeFunction();
  });

  it('take all that the contract lists', () => {
    const check = () => {
      @idempotent<All>({
        key: (command) => command.requestId,
        name: 'All',
        scope: (command) => command.tenant,
        ttlSeconds: 1,
        leaseSeconds: 1,
        waitSeconds: Number.POSITIVE_INFINITY,
        onInProgress: 'reject',
        fingerprint: (command) => [command.tenant],
        takeover: 'never',
        onUnavailable: 'execute',
      })
      @locked<All>({ key: ['a', 'b'], ttlSeconds: 1, waitSeconds: 0 })
      class All extends RequestData<Order> {
        constructor(
          readonly tenant: string,
          readonly requestId: string,
        ) {
          super();
        }
      }
      const several: string[] = ['a', 'b'];
      locked<All>({ key: several })(All);
      locked<All>({ key: () => several })(All);
      locked({ key: 'a' })(All);
      return All;
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
});
