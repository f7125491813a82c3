import { createRequire } from 'node:module';
import { expect } from 'chai';
import { Container, inject, injectable } from 'inversify';
import {
  Mediator,
  NotificationData,
  notificationHandler,
  pipelineBehavior,
  RequestData,
  requestHandler,
} from 'mediatr-ts';
import { isQxCacheSettingsError } from '../../src/index.js';
import { createMediator, IdempotencyBehavior } from '../../src/mediator/index.js';
import { rejectionOf } from '../support/rejection.js';
import { defineCommand, register } from './application.js';
import { behaviorsOf, restoreBehaviors } from './behavior-registry.js';

class Ping extends RequestData<string> {}
register(Ping, async () => 'pong');

describe('createMediator', () => {
  afterEach(restoreBehaviors);

  it('makes a mediator of mediatr-ts that sends and publishes', async () => {
    const heard: unknown[] = [];
    class Happened extends NotificationData {}
    @notificationHandler(Happened)
    class Listener {
      async handle(notification: Happened): Promise<void> {
        heard.push(notification);
      }
    }
    const mediator = createMediator(new Container(), { behaviors: [] });
    expect(mediator).to.be.instanceOf(Mediator);
    expect(await mediator.send(new Ping())).to.equal('pong');
    await mediator.publish(new Happened());
    expect(heard).to.have.length(1);
    expect(Listener).to.be.a('function');
  });

  it('runs its own list in its order, whatever is registered for all mediators', async () => {
    const trace: string[] = [];
    const tracing = (name: string) =>
      class {
        handle(_request: unknown, next: () => unknown): Promise<unknown> {
          trace.push(name);
          return next() as Promise<unknown>;
        }
      };
    const [A, B, Global] = [tracing('a'), tracing('b'), tracing('global')] as const;
    const container = new Container();
    const before = createMediator(container, { behaviors: [A, B] });
    pipelineBehavior()(Global);
    const registered = behaviorsOf(before);
    await before.send(new Ping());
    await createMediator(container, { behaviors: [B, A] }).send(new Ping());
    expect(trace.join()).to.equal('a,b,b,a');
    expect(behaviorsOf(before)).to.deep.equal(registered);

    await new Mediator().send(new Ping());
    expect(trace.at(-1)).to.equal('global');
  });

  it('injects handlers and behaviors from the container, also those that are not bound', async () => {
    const TOKEN = Symbol('greeting');
    class Greet extends RequestData<string> {}
    @requestHandler(Greet)
    @injectable()
    class GreetHandler {
      constructor(@inject(TOKEN) readonly greeting: string) {}
      async handle(): Promise<string> {
        return this.greeting;
      }
    }
    const container = new Container();
    container.bind(TOKEN).toConstantValue('hello');
    const mediator = createMediator(container, { behaviors: [] });
    expect(container.isBound(GreetHandler)).to.equal(false);
    expect(await mediator.send(new Greet())).to.equal('hello');

    const other = new Container();
    other.bind(GreetHandler).toConstantValue(new GreetHandler('hi'));
    expect(await createMediator(other, { behaviors: [] }).send(new Greet())).to.equal('hi');
  });

  it('finds handlers that are registered later, by registerHandler with typed constructors', async () => {
    class Late extends RequestData<number> {}
    class LateHandler {
      static made = 0;
      constructor(readonly answer: number) {
        LateHandler.made += 1;
      }
      async handle(_request: Late): Promise<number> {
        return this.answer;
      }
    }
    const container = new Container();
    const mediator = createMediator(container, { behaviors: [] });
    mediator.registerHandler(Late, LateHandler);
    expect(LateHandler.made).to.equal(0);
    container.bind(LateHandler).toConstantValue(new LateHandler(42));
    expect(await mediator.send(new Late())).to.equal(42);
    expect(() => mediator.registerHandler(Late, LateHandler)).to.throw('defined twice');
  });

  it('rejects, and never throws, whatever goes wrong', async () => {
    class Orphan extends RequestData<void> {}
    class Broken {
      handle(): Promise<unknown> {
        throw new RangeError('broken');
      }
    }
    const Thrower = defineCommand<object, void>('Thrower', () => {
      throw new RangeError('thrown');
    });
    const mediator = createMediator(new Container(), { behaviors: [] });
    expect(await rejectionOf(mediator.send(new Orphan())))
      .to.have.property('message')
      .that.includes('No handler found for request Orphan');
    expect(await rejectionOf(mediator.send(new Thrower({})))).to.have.property('message', 'thrown');
    const breaking = createMediator(new Container(), { behaviors: [Broken] });
    expect(await rejectionOf(breaking.send(new Ping()))).to.have.property('message', 'broken');
  });

  it('gives a promise also for a handler that returns none', async () => {
    const Sync = defineCommand<object, number>('Sync', (() => 1) as never);
    const sent = createMediator(new Container(), { behaviors: [] }).send(new Sync({}));
    expect(sent).to.be.instanceOf(Promise);
    expect(await sent).to.equal(1);
  });

  it('refuses a list that can not be meant', () => {
    const container = new Container();
    const making = (behaviors: unknown) => () =>
      createMediator(container, { behaviors: behaviors as never });
    expect(making([IdempotencyBehavior])).to.throw('Load qxCacheModule() before');
    class Twice {}
    expect(making([Twice, Twice])).to.throw('Twice is listed twice');
    expect(making(undefined)).to.throw('must be a list of classes');
    expect(making(['name'])).to.throw('must be a list of classes');
    expect(() => createMediator(container, undefined as never)).to.throw('list of classes');
  });

  describe('with the CommonJS build of mediatr-ts beside the ES module', () => {
    const commonJs = createRequire(import.meta.url)('mediatr-ts') as typeof import('mediatr-ts');

    it('refuses its commands, and says what to do', async () => {
      class Foreign extends commonJs.RequestData<void> {}
      commonJs.requestHandler(Foreign)(class {});
      const mediator = createMediator(new Container(), { behaviors: [] });
      const error = await rejectionOf(mediator.send(new Foreign() as never));
      expect(error).to.satisfy(isQxCacheSettingsError);
      expect(error)
        .to.have.property('message')
        .that.matches(/Foreign comes from another copy of mediatr-ts.*`import` everywhere/);
      expect(error).to.have.property('cause').that.is.instanceOf(Error);
    });

    it('says so when a handler is registered there', async () => {
      class Stray extends RequestData<void> {}
      commonJs.requestHandler(Stray as never)(class {});
      const mediator = createMediator(new Container(), { behaviors: [] });
      const error = await rejectionOf(mediator.send(new Stray()));
      expect(error).to.satisfy(isQxCacheSettingsError);
      expect(error).to.have.property('message').that.includes('may be registered there');
    });
  });
});
