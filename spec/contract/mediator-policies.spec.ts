import { inspect } from 'node:util';
import { expect } from 'chai';
import { RequestData } from 'mediatr-ts';
import { z } from 'zod';
import {
  currentExecution,
  explainPolicy,
  type IdempotentOptions,
  idempotent,
  type LockedOptions,
  locked,
  storedKeyOf,
} from '../../src/mediator/index.js';
import { defineCommand, register, startApplication } from '../mediator/application.js';
import { onEachRedis } from '../support/engines.js';
import { gate } from '../support/gate.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('Mediator plugin: policies', (engine) => {
  interface Fields {
    idempotencyKey: string;
    amount: number;
    note?: string;
  }

  describe('fingerprint', () => {
    const pay = (fingerprint: IdempotentOptions<Fields>['fingerprint']) =>
      defineCommand<Fields, number>(
        'Pay',
        async ({ amount }) => amount,
        idempotent<Fields>({ fingerprint }),
      );
    const first = { idempotencyKey: 'k', amount: 1, note: 'a' };

    it('can be a list of fields: the others make no difference', async () => {
      const { mediator } = await startApplication(engine);
      const Pay = pay(['amount']);
      await mediator.send(new Pay(first));
      expect(await mediator.send(new Pay({ ...first, note: 'b' }))).to.equal(1);
      const error = await rejectionOf(mediator.send(new Pay({ ...first, amount: 2 })));
      expect(error).to.include({ code: 'QX_IDEMPOTENCY_KEY_REUSED' });
    });

    it('can be off', async () => {
      const { mediator } = await startApplication(engine);
      const Pay = pay(false);
      await mediator.send(new Pay(first));
      expect(await mediator.send(new Pay({ ...first, amount: 2 }))).to.equal(1);
    });

    it('can be set for the whole module, and by a command that wants it otherwise', async () => {
      const { mediator } = await startApplication(engine, { idempotency: { fingerprint: false } });
      const Pay = defineCommand<Fields, number>('Pay', async ({ amount }) => amount);
      const Strict = defineCommand<Fields, number>(
        'Strict',
        async ({ amount }) => amount,
        idempotent<Fields>({ fingerprint: ['amount'] }),
      );
      for (const Command of [Pay, Strict]) await mediator.send(new Command(first));
      expect(await mediator.send(new Pay({ ...first, amount: 2 }))).to.equal(1);
      const error = await rejectionOf(mediator.send(new Strict({ ...first, amount: 2 })));
      expect(error).to.include({ code: 'QX_IDEMPOTENCY_KEY_REUSED' });
    });
  });

  it('version and schema guard what is replayed', async () => {
    const { mediator, store } = await startApplication(engine);
    const define = (options: IdempotentOptions<Fields>) =>
      defineCommand<Fields, unknown>(
        'Pay',
        async ({ amount }) => ({ amount }),
        idempotent<Fields>({ name: 'Pay', ...options }),
      );
    const command = { idempotencyKey: 'k', amount: 1 };
    const Old = define({ version: '1' });
    await mediator.send(new Old(command));
    // A deployment later: another process, in truth.
    const { mediator: next } = await startApplication(engine);
    const Newer = define({ version: '2', schema: z.object({ total: z.number() }) });
    const refused = await rejectionOf(next.send(new Newer(command)));
    expect(refused).to.include({
      code: 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE',
      reason: 'version',
    });
    const { mediator: third } = await startApplication(engine);
    const Checked = define({ schema: z.object({ total: z.number() }) });
    const unfit = await rejectionOf(third.send(new Checked(command)));
    expect(unfit).to.include({ code: 'QX_SERIALIZATION', path: '.total' });
    const { mediator: fourth } = await startApplication(engine);
    const Anew = define({ version: '2', onVersionMismatch: 'execute' });
    await fourth.send(new Anew(command));
    expect(await store.inspect('Pay:k')).to.include({ version: '2' });
  });

  describe('steps', () => {
    it('run once each, over a failure, with keepSteps', async () => {
      const { mediator } = await startApplication(engine);
      const ran: string[] = [];
      let isStocked = false;
      const Order = defineCommand<Fields, string>(
        'Order',
        async () => {
          const payment = await currentExecution()?.step('charge', async ({ key }) => {
            ran.push(key);
            return 'paid';
          });
          if (!isStocked) throw new Error('out of stock');
          return `${payment} and shipped`;
        },
        idempotent<Fields>({ keepSteps: true }),
      );
      const command = new Order({ idempotencyKey: 'k', amount: 1 });
      await rejectionOf(mediator.send(command));
      isStocked = true;
      expect(await mediator.send(command)).to.equal('paid and shipped');
      expect(ran.length).to.equal(1);
      expect(ran[0]).to.match(/^[\w-]{43}$/);
    });

    it('stay when QxCache closes: the work did not fail', async () => {
      const charges: string[] = [];
      const started = gate<void>();
      let isSecond = false;
      const define = () =>
        defineCommand<Fields, string>('Order', async () => {
          await currentExecution()?.step('charge', async ({ key }) => charges.push(key));
          if (isSecond) return 'done';
          started.open();
          return new Promise((_, reject) => {
            currentExecution()?.signal.addEventListener('abort', () =>
              reject(new Error('closing')),
            );
          });
        });
      const { mediator, root } = await startApplication(engine);
      const Order = define();
      const sending = rejectionOf(mediator.send(new Order({ idempotencyKey: 'k', amount: 1 })));
      await started.opened;
      await root.close();
      await sending;
      isSecond = true;
      const { mediator: next } = await startApplication(engine);
      const Again = define();
      expect(await next.send(new Again({ idempotencyKey: 'k', amount: 1 }))).to.equal('done');
      expect(charges.length).to.equal(1);
    });

    it('need an idempotent command', async () => {
      const { mediator } = await startApplication(engine);
      const Locked = defineCommand<{ lockKey: string }, unknown>('Locked', async () =>
        currentExecution()?.step('a', async () => 1),
      );
      const error = await rejectionOf(mediator.send(new Locked({ lockKey: 'x' })));
      expect(error).to.include({ code: 'QX_SETTINGS' });
      expect(error.message).to.include('"a"');
    });
  });

  describe('a class static', () => {
    it('says what a decorator says, and gives way to one', async () => {
      const { mediator, store, locks } = await startApplication(engine);
      class Book extends RequestData<string> {
        static readonly idempotent: IdempotentOptions<Book> = { key: 'requestId', name: 'book' };
        static readonly locked: LockedOptions<Book> = { key: 'seats', waitSeconds: 0 };
        constructor(readonly requestId: string) {
          super();
        }
      }
      @idempotent<Rebook>({ key: (command) => `re-${command.requestId}` })
      class Rebook extends Book {}
      for (const command of [Book, Rebook]) register(command, async () => 'booked');
      expect(await mediator.send(new Book('1'))).to.equal('booked');
      expect(await mediator.send(new Rebook('1'))).to.equal('booked');
      expect(await store.get('book:1')).to.equal('booked');
      expect(await store.get('Rebook:re-1')).to.equal('booked');
      await using _ = await locks.lock('seats').acquire();
      const error = await rejectionOf(mediator.send(new Book('2')));
      expect(error).to.include({ code: 'QX_LOCK_TIMEOUT' });
    });

    it('of a subclass wins over the decorator of its parent, and may be a getter', () => {
      @idempotent<Parent>({ ttlSeconds: 10, leaseSeconds: 5 })
      class Parent {
        readonly idempotencyKey = 'k';
      }
      class Child extends Parent {
        static get idempotent() {
          return { ttlSeconds: 20 };
        }
      }
      const of = (option: string) => explainPolicy(Child).rows.find((row) => row.option === option);
      expect(of('ttlSeconds')).to.include({ value: 20, from: 'class static' });
      expect(of('leaseSeconds')).to.include({ value: 5, from: 'decorator' });
    });

    it('is checked at the first send', async () => {
      const { mediator } = await startApplication(engine);
      class Odd extends RequestData<void> {
        static readonly idempotent = { ttl: 5 };
        readonly idempotencyKey = 'k';
      }
      register(Odd, async () => {});
      const error = await rejectionOf(mediator.send(new Odd()));
      expect(error).to.include({ code: 'QX_SETTINGS' });
      expect(error.message).to.match(/static idempotent of Odd: unknown option "ttl"/);
    });
  });

  it('a module can name the classes that have no name of their own', async () => {
    const name = (commandClass: { name: string }) => `shop.${commandClass.name}`;
    const { mediator, store } = await startApplication(engine, { idempotency: { name } });
    const Pay = defineCommand<Fields, number>('Pay', async () => 1);
    const Named = defineCommand<Fields, number>(
      'Other',
      async () => 2,
      idempotent<Fields>({ name: 'pay-other' }),
    );
    const command = { idempotencyKey: 'k', amount: 1 };
    await mediator.send(new Pay(command));
    await mediator.send(new Named(command));
    expect(await store.get('shop.Pay:k')).to.equal(1);
    expect(await store.get('pay-other:k')).to.equal(2);
    expect(storedKeyOf(new Pay(command), { name })).to.equal('shop.Pay:k');
  });
});

describe('explainPolicy', () => {
  class Parent {
    static readonly idempotent = { ttlSeconds: 60, version: '1' };
    readonly idempotencyKey = 'k';
  }
  @idempotent<Order>({ version: '2', waitSeconds: 0, fingerprint: ['sku'] })
  @locked<Order>({ key: 'stock' })
  class Order extends Parent {
    sku = 'tea';
  }

  it('tells what applies and from where: decorator, class static, module, default', () => {
    const { command, rows } = explainPolicy(Order, {
      idempotency: { ttlSeconds: 5, leaseSeconds: 7, waitSeconds: 9 },
      lock: { ttlSeconds: 11 },
    });
    expect(command).to.equal('Order');
    const of = (option: string) => {
      const { value, from } = rows.find((row) => row.option === option) ?? {};
      return { value, from };
    };
    expect(of('name')).to.deep.equal({ value: 'Order', from: 'default' });
    expect(of('version')).to.deep.equal({ value: '2', from: 'decorator' });
    expect(of('waitSeconds')).to.deep.equal({ value: 0, from: 'decorator' });
    expect(of('ttlSeconds')).to.deep.equal({ value: 60, from: 'class static' });
    expect(of('leaseSeconds')).to.deep.equal({ value: 7, from: 'module' });
    expect(of('takeover')).to.deep.equal({ value: 'after-lease', from: 'default' });
    expect(of('locked.key')).to.deep.equal({ value: 'stock', from: 'decorator' });
    expect(of('locked.ttlSeconds')).to.deep.equal({ value: 11, from: 'module' });
    expect(of('locked.waitSeconds')).to.deep.equal({ value: 10, from: 'default' });
  });

  it('is a table as text', () => {
    const text = `${explainPolicy(Order)}`;
    expect(inspect(explainPolicy(Order))).to.equal(text);
    expect(text).to.match(/^Order\n/);
    expect(text).to.match(/^ttlSeconds +60 +class static$/m);
    expect(text).to.match(/^fingerprint +sku +decorator$/m);
    expect(text).to.match(/^scope +– +default$/m);
  });

  it('tells of classes that say nothing, too', () => {
    class Plain {}
    expect(explainPolicy(Plain).rows.every(({ from }) => from === 'default')).to.equal(true);
    expect(`${explainPolicy(Plain)}`).not.to.include('locked');
  });
});
