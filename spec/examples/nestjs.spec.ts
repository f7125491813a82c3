import 'reflect-metadata';
import { Injectable, Module, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Command,
  CommandBus,
  CommandHandler,
  CqrsModule,
  EventBus,
  type ICommand,
  Saga,
} from '@nestjs/cqrs';
import { expect } from 'chai';
import { expectTypeOf } from 'expect-type';
import { map, type Observable } from 'rxjs';
import { IdempotencyModule } from '../../examples/nestjs/idempotency-module.js';
import {
  CreateOrder,
  CreateOrderHandler,
  type Order,
  OrdersModule,
} from '../../examples/nestjs/orders.js';
import { runOrders } from '../../examples/nestjs/run.js';
import { IdempotencyStore, isIdempotencyKeyReusedError, Result } from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';

class Charge extends Command<Result<number>> {
  constructor(readonly idempotencyKey: string) {
    super();
  }
}

const outcomes: Result<number>[] = [];

@CommandHandler(Charge, { scope: Scope.REQUEST })
class ChargeHandler {
  async execute(): Promise<Result<number>> {
    return outcomes.shift() ?? Result.failure(new Error('no more'));
  }
}

class Ping extends Command<string> {}

@CommandHandler(Ping)
class PingHandler {
  executed = 0;

  async execute(): Promise<string> {
    return `pong ${++this.executed}`;
  }
}

class Paid {
  constructor(readonly id: string) {}
}

@Injectable()
class ShippingSaga {
  @Saga()
  onPaid = (events: Observable<unknown>): Observable<ICommand> =>
    events.pipe(map((event) => new CreateOrder((event as Paid).id, 'tea')));
}

onEachRedis('the recipe for NestJS CQRS', (engine) => {
  async function start() {
    @Module({
      imports: [CqrsModule.forRoot(), IdempotencyModule.forRoot(engine.url()), OrdersModule],
      providers: [ChargeHandler, PingHandler, ShippingSaga],
    })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    apps.push(app);
    return {
      app,
      bus: app.get(CommandBus),
      store: app.get(IdempotencyStore, { strict: false }),
      orders: app.get(CreateOrderHandler, { strict: false }),
    };
  }

  const apps: { close(): Promise<void> }[] = [];
  // The namespace of these applications is the default one, on a server for all specs.
  let key = '';
  beforeEach(() => {
    key = engine.namespace();
  });
  afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

  it('runs as it stands, and executes each command once', async () => {
    expect(await runOrders(engine.url(), 5)).to.deep.equal({ sent: 15, executed: 5, orders: 5 });
  });

  it('gives the first result to each later send, in its own type', async () => {
    const { bus, orders, store } = await start();
    const send = () => bus.execute(new CreateOrder(key, 'tea'));
    expectTypeOf(send).returns.resolves.toEqualTypeOf<Order>();
    const first = await send();
    expect(first).to.include({ id: 1, sku: 'tea' });
    expect(first.at).to.be.instanceOf(Date);
    expect(await send()).to.deep.equal(first);
    expect(orders.executed).to.equal(1);
    expect(await store.get(`CreateOrder:${key}`)).to.deep.equal(first);
  });

  it('lets two applications share a key', async () => {
    const [one, other] = [await start(), await start()];
    const sends = [one, other, one, other].map(({ bus }) =>
      bus.execute(new CreateOrder(key, 'tea')),
    );
    const ids = (await Promise.all(sends)).map(({ id }) => id);
    expect(ids).to.deep.equal([1, 1, 1, 1]);
    expect(one.orders.executed + other.orders.executed).to.equal(1);
  });

  it('publishes a replayed command to nobody', async () => {
    const { bus } = await start();
    const published: unknown[] = [];
    bus.subscribe((command) => published.push(command));
    for (const _ of [1, 2]) await bus.execute(new CreateOrder(key, 'tea'));
    expect(published.length).to.equal(1);
  });

  it('stores no failure, also with a handler of request scope', async () => {
    const { bus } = await start();
    outcomes.push(Result.failure(new Error('declined')), Result.success(7), Result.success(8));
    const send = async () => (await bus.execute(new Charge(key))).value;
    expect([await send(), await send(), await send()]).to.deep.equal([undefined, 7, 7]);
    outcomes.length = 0;
  });

  it('refuses another payload under the same key, and a key that is none', async () => {
    const { bus, orders } = await start();
    await bus.execute(new CreateOrder(key, 'tea'));
    const reused = await rejectionOf(bus.execute(new CreateOrder(key, 'coffee')));
    expect(isIdempotencyKeyReusedError(reused)).to.equal(true);
    for (const wrong of ['', null, 7]) {
      const error = await rejectionOf(bus.execute(new CreateOrder(wrong as string, 'tea')));
      expect(error).to.include({ code: 'QX_IDEMPOTENCY_KEY' });
    }
    expect(orders.executed).to.equal(1);
  });

  it('holds for commands of sagas', async () => {
    const { app, orders, store } = await start();
    const events = app.get(EventBus);
    for (const _ of [1, 2, 3]) events.publish(new Paid(key));
    await eventually(async () => (await store.get(`CreateOrder:${key}`)) !== undefined);
    await app.get(CommandBus).execute(new CreateOrder(key, 'tea'));
    expect(orders.executed).to.equal(1);
  });

  it('leaves other commands alone', async () => {
    const { bus } = await start();
    expect([await bus.execute(new Ping()), await bus.execute(new Ping())]).to.deep.equal([
      'pong 1',
      'pong 2',
    ]);
  });
});
