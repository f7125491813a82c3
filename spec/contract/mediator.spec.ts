import { expect } from 'chai';
import { type PipelineBehavior, RequestData } from 'mediatr-ts';
import { isQxCacheSettingsError } from '../../src/index.js';
import {
  currentExecution,
  IdempotencyBehavior,
  idempotent,
  LockBehavior,
  storedKey,
} from '../../src/mediator/index.js';
import { defineCommand, register, startApplication } from '../mediator/application.js';
import { countScripts } from '../mediator/redis-faults.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';

interface Keyed {
  readonly idempotencyKey: string;
}

onEachRedis('Mediator plugin', (engine) => {
  describe('1: opting in', () => {
    it('runs a command that carries an idempotencyKey once for each key', async () => {
      const { mediator } = await startApplication(engine);
      let runs = 0;
      const Count = defineCommand<Keyed, number>('Count', async () => {
        runs += 1;
        return runs;
      });
      expect(await mediator.send(new Count({ idempotencyKey: 'a' }))).to.equal(1);
      expect(await mediator.send(new Count({ idempotencyKey: 'a' }))).to.equal(1);
      expect(await mediator.send(new Count({ idempotencyKey: 'b' }))).to.equal(2);
      expect(runs).to.equal(2);
    });

    it('takes the key from an inherited property too', async () => {
      const { mediator } = await startApplication(engine);
      class Inheriting extends RequestData<number> {
        get idempotencyKey(): string {
          return 'a';
        }
      }
      let runs = 0;
      register(Inheriting, async () => {
        runs += 1;
        return runs;
      });
      await mediator.send(new Inheriting());
      expect(await mediator.send(new Inheriting())).to.equal(1);
    });

    it('runs commands that carry the same lockKey one at a time', async () => {
      const { mediator } = await startApplication(engine);
      let running = 0;
      let most = 0;
      const Reserve = defineCommand<{ lockKey: string }, void>('Reserve', async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
      });
      await Promise.all([1, 2, 3, 4].map(() => mediator.send(new Reserve({ lockKey: 'stock' }))));
      expect(most).to.equal(1);
    });

    it('lets any other request through with no Redis call and no promise of its own', async () => {
      const redis = await engine.connect();
      const scripts = countScripts(redis);
      const { mediator, container } = await startApplication(engine, { redis });
      const Plain = defineCommand<{ idempotencyKey?: string }, boolean>(
        'Plain',
        async () => currentExecution() === undefined,
      );
      expect(await mediator.send(new Plain({}))).to.equal(true);
      expect(await mediator.send(new Plain({ idempotencyKey: undefined as never }))).to.equal(true);
      expect(scripts.count).to.equal(0);

      const response = Promise.resolve(1);
      const behaviors: PipelineBehavior[] = [
        container.get(IdempotencyBehavior),
        container.get(LockBehavior),
      ];
      for (const behavior of behaviors) {
        expect(behavior.handle(new Plain({}), () => response)).to.equal(response);
      }
    });
  });

  describe('2: the stored key', () => {
    it('reads name:key, or scope:name:key with the scope of the decorator or the module', async () => {
      const { mediator, store } = await startApplication(engine, {
        scope: (command: { tenant?: string }) => command.tenant,
      });
      type Fields = Keyed & { tenant?: string };
      const Plain = defineCommand<Fields, number>('Plain', async () => 1);
      const Scoped = defineCommand<Fields, number>(
        'Scoped',
        async () => 2,
        idempotent<Fields>({ scope: () => 'own' }),
      );
      await mediator.send(new Plain({ idempotencyKey: 'a' }));
      await mediator.send(new Plain({ idempotencyKey: 'a', tenant: 'acme' }));
      await mediator.send(new Scoped({ idempotencyKey: 'a', tenant: 'acme' }));
      expect(await store.get('Plain:a')).to.equal(1);
      expect(await store.get('acme:Plain:a')).to.equal(1);
      expect(await store.get('own:Scoped:a')).to.equal(2);
    });

    it('can be derived by anybody, also with colons inside the parts', async () => {
      const { mediator, store } = await startApplication(engine);
      const Odd = defineCommand<Keyed, number>(
        'Odd',
        async () => 3,
        idempotent<Keyed>({ name: 'orders:odd', scope: () => '50%' }),
      );
      await mediator.send(new Odd({ idempotencyKey: 'a:b' }));
      const key = storedKey({ scope: '50%', name: 'orders:odd', key: 'a:b' });
      expect(key).to.equal('50%25:orders%3Aodd:a%3Ab');
      expect(await store.get(key)).to.equal(3);
    });

    it('keeps scopes apart', async () => {
      const { mediator } = await startApplication(engine);
      type Fields = Keyed & { tenant: string };
      const Whose = defineCommand<Fields, string>(
        'Whose',
        async ({ tenant }) => tenant,
        idempotent<Fields>({ scope: ({ tenant }) => tenant }),
      );
      expect(await mediator.send(new Whose({ idempotencyKey: 'a', tenant: 'x' }))).to.equal('x');
      expect(await mediator.send(new Whose({ idempotencyKey: 'a', tenant: 'y' }))).to.equal('y');
    });

    it('refuses a second class of the same name in one container, at its first send', async () => {
      const { mediator } = await startApplication(engine);
      const First = defineCommand<Keyed, number>('Twin', async () => 1);
      const Second = defineCommand<Keyed, number>('Twin', async () => 2);
      await mediator.send(new First({ idempotencyKey: 'a' }));
      const error = await rejectionOf(mediator.send(new Second({ idempotencyKey: 'b' })));
      expect(error).to.satisfy(isQxCacheSettingsError);
      expect(error)
        .to.have.property('message')
        .that.matches(/"Twin".*@idempotent\(\{ name/s);

      const other = await startApplication(engine);
      expect(await other.mediator.send(new Second({ idempotencyKey: 'b' }))).to.equal(2);
    });
  });
});
