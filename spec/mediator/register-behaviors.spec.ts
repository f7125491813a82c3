import { createRequire } from 'node:module';
import { expect } from 'chai';
import { Container } from 'inversify';
import { type Class, Mediator, pipelineBehavior } from 'mediatr-ts';
import { isQxCacheSettingsError } from '../../src/index.js';
import {
  createMediator,
  currentExecution,
  IdempotencyBehavior,
  LockBehavior,
  LockFactory,
  qxCacheModule,
  registerBehaviors,
} from '../../src/mediator/index.js';
import { onEachRedis } from '../support/engines.js';
import { defineCommand } from './application.js';
import { behaviorsOf, restoreBehaviors } from './behavior-registry.js';

/** As a user has it who took mediatr-ts and inversify before this library. */
function stockMediator(container: Container): Mediator {
  return new Mediator({
    resolver: {
      resolve: <T>(type: Class<T>) => container.get<T>(type, { autobind: true }),
      add: () => {},
    },
  });
}

function tracing(trace: string[], name: string) {
  return class {
    handle(_request: unknown, next: () => unknown): Promise<unknown> {
      trace.push(name);
      return next() as Promise<unknown>;
    }
  };
}

describe('registerBehaviors', () => {
  afterEach(restoreBehaviors);

  it('puts the first outermost, and all of them around what is there', async () => {
    const trace: string[] = [];
    const [A, B, C, Old, Older] = ['a', 'b', 'c', 'old', 'older'].map((name) =>
      tracing(trace, name),
    ) as [never, never, never, never, never];
    const mediator = stockMediator(new Container());
    pipelineBehavior()(Older);
    pipelineBehavior()(Old);
    registerBehaviors(mediator, [A, B, C]);
    const Ping = defineCommand<object, void>('Ping', async () => {});
    await mediator.send(new Ping({}));
    expect(trace.splice(0).join()).to.equal('a,b,c,old,older');

    registerBehaviors(mediator, [C, A]);
    registerBehaviors(mediator, [C, A]);
    expect(behaviorsOf(mediator)).to.have.length(5);
    await mediator.send(new Ping({}));
    expect(trace.join()).to.equal('c,a,b,old,older');
  });

  it('refuses a mediator of another copy of mediatr-ts, and says what to do', () => {
    const { Mediator: Foreign } = createRequire(import.meta.url)(
      'mediatr-ts',
    ) as typeof import('mediatr-ts');
    const registering = () => registerBehaviors(new Foreign() as never, [IdempotencyBehavior]);
    expect(registering)
      .to.throw(/another copy of mediatr-ts.*`import` everywhere/)
      .that.satisfies(isQxCacheSettingsError);
  });

  it('refuses a mediator that has a list of its own', () => {
    const mediator = createMediator(new Container(), { behaviors: [] });
    expect(() => registerBehaviors(mediator, [])).to.throw('made by createMediator');
  });
});

onEachRedis('A stock Mediator with registerBehaviors', (engine) => {
  afterEach(restoreBehaviors);

  it('runs a command once, under its lock', async () => {
    const container = new Container();
    container.load(qxCacheModule({ redis: await engine.connect() }));
    const mediator = stockMediator(container);
    registerBehaviors(mediator, [IdempotencyBehavior, LockBehavior]);
    let runs = 0;
    const Pay = defineCommand<{ idempotencyKey: string; lockKey: string }, unknown>(
      'Pay',
      async () => {
        runs += 1;
        const { idempotencyKey, tokens, claimToken } = currentExecution() ?? {};
        expect(claimToken).to.be.a('number');
        expect(tokens?.get('a')).to.be.a('number');
        const { held } = await container.get(LockFactory).lock('a').inspect();
        return { idempotencyKey, held };
      },
    );
    const send = () => mediator.send(new Pay({ idempotencyKey: 'a', lockKey: 'a' }));
    const expected = { idempotencyKey: 'a', held: true };
    expect(await Promise.all([send(), send()])).to.deep.equal([expected, expected]);
    expect(runs).to.equal(1);
  });
});
