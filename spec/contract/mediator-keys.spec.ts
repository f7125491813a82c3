import { expect } from 'chai';
import { RequestData } from 'mediatr-ts';
import {
  isIdempotencyKeyError,
  isIdempotencyKeyReusedError,
  isQxCacheSettingsError,
} from '../../src/index.js';
import { idempotent } from '../../src/mediator/index.js';
import { defineCommand, register, startApplication } from '../mediator/application.js';
import { countScripts } from '../mediator/redis-faults.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';

interface Keyed {
  readonly idempotencyKey: string;
}

onEachRedis('Mediator plugin: keys and payloads', (engine) => {
  describe('3: keys that are refused', () => {
    const refused: [string, unknown][] = [
      ['empty', ''],
      ['null', null],
      ['a number', 7],
      ['longer than 512 bytes', 'ä'.repeat(257)],
      ['ill-formed', '\ud800'],
    ];
    for (const [what, idempotencyKey] of refused) {
      it(`refuses a key that is ${what}, before anything is sent`, async () => {
        const redis = await engine.connect();
        const scripts = countScripts(redis);
        const { mediator } = await startApplication(engine, { redis });
        const Keyed = defineCommand<{ idempotencyKey: unknown }, void>('Keyed', async () => {});
        const error = await rejectionOf(mediator.send(new Keyed({ idempotencyKey })));
        expect(error).to.satisfy(isIdempotencyKeyError);
        expect(scripts.count).to.equal(0);
      });
    }

    it('takes a key of exactly 512 bytes, whatever characters it has', async () => {
      const { mediator } = await startApplication(engine);
      const Long = defineCommand<Keyed, number>('Long', async () => 1);
      for (const idempotencyKey of ['ä'.repeat(256), ':'.repeat(512)]) {
        expect(await mediator.send(new Long({ idempotencyKey }))).to.equal(1);
      }
    });

    it('refuses a missing key on a class marked @idempotent, and only there', async () => {
      const { mediator } = await startApplication(engine);
      const Marked = defineCommand<Partial<Keyed>, number>('Marked', async () => 1, idempotent());
      const Bare = defineCommand<Partial<Keyed>, number>('Bare', async () => 1);
      expect(await rejectionOf(mediator.send(new Marked({})))).to.satisfy(isIdempotencyKeyError);
      expect(await mediator.send(new Bare({}))).to.equal(1);
    });

    it('refuses a scope that its own decorator can not tell', async () => {
      const { mediator } = await startApplication(engine);
      const Lost = defineCommand<Keyed, number>(
        'Lost',
        async () => 1,
        idempotent<Keyed>({ scope: () => undefined as never }),
      );
      const error = await rejectionOf(mediator.send(new Lost({ idempotencyKey: 'a' })));
      expect(error).to.satisfy(isIdempotencyKeyError);
    });

    it('asks for a name when the class has none', async () => {
      const { mediator } = await startApplication(engine);
      const [Anonymous, Named] = [
        class extends RequestData<number> {},
        class extends RequestData<number> {},
      ] as const;
      idempotent<object>({ key: () => 'a' })(Anonymous);
      idempotent<object>({ key: () => 'a', name: 'Given' })(Named);
      register(Anonymous, async () => 1);
      register(Named, async () => 1);
      const error = await rejectionOf(mediator.send(new Anonymous()));
      expect(error).to.satisfy(isQxCacheSettingsError);
      expect(error).to.have.property('message').that.includes('@idempotent({ name');
      expect(await mediator.send(new Named())).to.equal(1);
    });

    it("lets a subclass inherit its parent's policy, but not its name", async () => {
      const { mediator, store } = await startApplication(engine);
      @idempotent<Parent>({ key: 'requestId', name: 'parent', ttlSeconds: 60 })
      class Parent extends RequestData<number> {
        requestId = 'a';
      }
      class Child extends Parent {}
      @idempotent<Grandchild>({ ttlSeconds: 600 })
      class Grandchild extends Child {}
      for (const commandClass of [Parent, Child, Grandchild]) register(commandClass, async () => 1);
      for (const command of [new Parent(), new Child(), new Grandchild()])
        await mediator.send(command);

      expect(await store.get('parent:a')).to.equal(1);
      expect(await store.get('Child:a')).to.equal(1);
      expect((await store.inspect('Child:a'))?.ttlSecondsLeft).to.be.within(50, 60);
      expect((await store.inspect('Grandchild:a'))?.ttlSecondsLeft).to.be.within(500, 600);
    });
  });

  describe('4: the fingerprint', () => {
    type Fields = Keyed & { sku: string; amount: number };

    it('is made of the own fields less the key: another payload is refused', async () => {
      const { mediator } = await startApplication(engine);
      const Order = defineCommand<Fields, number>('Order', async ({ amount }) => amount);
      await mediator.send(new Order({ idempotencyKey: 'a', sku: 'x', amount: 1 }));
      const reordered = new Order({ amount: 1, sku: 'x', idempotencyKey: 'a' });
      expect(await mediator.send(reordered)).to.equal(1);
      const other = new Order({ idempotencyKey: 'a', sku: 'x', amount: 2 });
      expect(await rejectionOf(mediator.send(other))).to.satisfy(isIdempotencyKeyReusedError);
    });

    it('leaves out the property that the policy names as the key', async () => {
      const { mediator } = await startApplication(engine);
      type Sent = { requestId: string; sku: string };
      const keys: string[] = [];
      const Order = defineCommand<Sent, number>(
        'Order',
        async ({ requestId }) => keys.push(requestId),
        idempotent<Sent>({ key: 'requestId', fingerprint: ({ sku }) => sku }),
      );
      expect(await mediator.send(new Order({ requestId: 'a', sku: 'x' }))).to.equal(1);
      expect(await mediator.send(new Order({ requestId: 'a', sku: 'x' }))).to.equal(1);
      const other = mediator.send(new Order({ requestId: 'a', sku: 'y' }));
      expect(await rejectionOf(other)).to.satisfy(isIdempotencyKeyReusedError);
    });

    it('is taken before the handler runs, as is the key', async () => {
      const { mediator } = await startApplication(engine);
      const Order = defineCommand<{ idempotencyKey: string; amount: number }, number>(
        'Order',
        async (command) => {
          command.idempotencyKey = 'changed';
          command.amount += 1;
          return command.amount;
        },
      );
      expect(await mediator.send(new Order({ idempotencyKey: 'a', amount: 1 }))).to.equal(2);
      expect(await mediator.send(new Order({ idempotencyKey: 'a', amount: 1 }))).to.equal(2);
    });
  });
});
