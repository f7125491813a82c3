import { expect } from 'chai';
import { RequestData } from 'mediatr-ts';
import ts from 'typescript';
import { isQxCacheSettingsError } from '../../src/index.js';
import { idempotent, locked } from '../../src/mediator/index.js';
import { onEachRedis } from '../support/engines.js';
import { register, startApplication } from './application.js';

const source = `
  @idempotent<Decorated>({ key: 'requestId', name: 'decorated', scope: ({ tenant }) => tenant })
  @locked<Decorated>({ key: (command) => command.sku, waitSeconds: 1 })
  class Decorated extends RequestData<string> {
    constructor(readonly tenant: string, readonly requestId: string, readonly sku: string) {
      super();
    }
  }
  use(Decorated);
`;

type Decorated = RequestData<string> & { tenant: string; requestId: string; sku: string };
type DecoratedClass = new (tenant: string, requestId: string, sku: string) => Decorated;

/** The class, compiled with one kind of decorators. This file itself can have only one. */
function compile(experimentalDecorators: boolean): DecoratedClass {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators,
    },
  });
  const parameters = ['RequestData', 'idempotent', 'locked', 'use'];
  let compiled: DecoratedClass | undefined;
  const use = (decorated: DecoratedClass) => {
    compiled = decorated;
  };
  new Function(...parameters, outputText)(RequestData, idempotent, locked, use);
  if (!compiled) throw new Error('unreachable');
  return compiled;
}

onEachRedis('@idempotent and @locked', (engine) => {
  for (const [kind, experimental] of [
    ['legacy', true],
    ['standard', false],
  ] as const) {
    it(`work as ${kind} class decorators`, async () => {
      const { mediator, store, locks } = await startApplication(engine);
      const Decorated = compile(experimental);
      register(Decorated, async ({ sku }) => {
        return (await locks.lock(sku).inspect()).held ? 'locked' : 'free';
      });
      expect(await mediator.send(new Decorated('acme', 'r1', 'x'))).to.equal('locked');
      expect(await store.get('acme:decorated:r1')).to.equal('locked');
    });
  }
});

describe('@idempotent and @locked', () => {
  it('refuse a bad option where the class is declared, and name it', () => {
    const bad: [unknown, RegExp][] = [
      [{ ttlSeconds: 0 }, /@idempotent: ttlSeconds must be at least/],
      [{ leaseSeconds: Number.NaN }, /leaseSeconds must be a number/],
      [{ waitSeconds: -1 }, /waitSeconds must be from 0/],
      [{ onInProgress: 'queue' }, /onInProgress must be 'wait' or 'reject' \(got "queue"\)/],
      [{ takeover: 'always' }, /takeover must be/],
      [{ onUnavailable: 'ignore' }, /onUnavailable must be 'fail' or 'execute'/],
      [{ key: 7 }, /key must be the name of a property or a function/],
      [{ name: '' }, /name must not be empty/],
      [{ scope: 'acme' }, /scope must be a function/],
      [{ fingerprint: [] }, /fingerprint must be a function/],
      [{ ttl: 5 }, /unknown option "ttl"/],
    ];
    for (const [options, message] of bad) {
      expect(() => idempotent(options as never), JSON.stringify(options))
        .to.throw(message)
        .that.satisfies(isQxCacheSettingsError);
    }
    expect(() => locked(undefined as never)).to.throw(/@locked: key must be a name/);
    expect(() => locked({ key: [] })).to.throw(/key/);
    expect(() => locked({ key: 'a', ttlSeconds: 0 })).to.throw(/@locked: ttlSeconds/);
    expect(() => locked({ key: 'a', renew: false } as never)).to.throw(/unknown option "renew"/);
  });

  it('take every wait that the contract allows', () => {
    for (const waitSeconds of [0, 0.5, Number.POSITIVE_INFINITY]) {
      idempotent({ waitSeconds });
      locked({ key: 'a', waitSeconds });
    }
  });
});
