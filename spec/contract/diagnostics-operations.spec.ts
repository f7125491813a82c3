import { expect } from 'chai';
import { DistributedLock, IdempotencyStore, type OperationEvent } from '../../src/index.js';
import { listen } from '../../src/opentelemetry/listen.js';
import { defineCommand, startApplication } from '../mediator/application.js';
import { onEachRedis } from '../support/engines.js';
import { rawRecord } from '../support/raw-record.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('qx-cache:operation', (engine) => {
  const events = recordEvents<OperationEvent>('qx-cache:operation');

  it('tells each operation twice, by the same object: when it starts and when it has ended', async () => {
    const told: string[] = [];
    const stop = listen('operation', ({ event, subject }) =>
      told.push(`${subject.operation} ${event}`),
    );
    await new IdempotencyStore(await engine.connect()).run('key', async () => 1);
    stop();
    expect(told).to.deep.equal([
      'run started',
      'claim started',
      'claim ended',
      'execute started',
      'execute ended',
      'complete started',
      'complete ended',
      'run ended',
    ]);
    expect(new Set(events)).to.have.property('size', 4);
    for (const { durationSeconds } of events) expect(durationSeconds).to.be.within(0, 5);
  });

  it('tells how long it took to get a lock that came with a claim', async () => {
    type Fields = { idempotencyKey: string; lockKey: string };
    const Pay = defineCommand<Fields, number>('Pay', async () => 1);
    const { mediator } = await startApplication(engine);
    await mediator.send(new Pay({ idempotencyKey: '1', lockKey: 'account' }));
    const durationOf = (operation: string) =>
      events.find(({ subject }) => subject.operation === operation)?.durationSeconds ?? Number.NaN;
    expect(durationOf('acquire')).to.be.above(0).and.at.most(durationOf('claim'));
  });

  it('runs the work inside what listeners set, the first of them innermost', async () => {
    const order: string[] = [];
    const setAround = (name: string) =>
      listen('operation', (operation) => {
        if (operation.subject.operation !== 'hold' || operation.event === 'ended') return;
        operation.runInside((work) => {
          order.push(name);
          return work();
        });
      });
    const stops = ['first', 'second'].map(setAround);
    await new DistributedLock(await engine.connect(), 'a').run(async () => order.push('work'));
    for (const stop of stops) stop();
    expect(order).to.deep.equal(['second', 'first', 'work']);
  });

  it('stores what a listener calls a trace beside the result, and tells it with a replay', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    const stop = listen('operation', (operation) => {
      if (operation.subject.operation === 'execute') operation.trace = 'trace-1';
    });
    await store.run('key', async () => 1);
    stop();
    expect(await rawRecord(redis, engine, 'key')).to.include({ kind: 'plain\ntrace-1' });
    await store.run('key', async () => 2);
    expect(events.at(-1)).to.include({ replayOf: 'trace-1', outcome: 'replayed' });
  });

  it('holds no payload, no result and no message of an error', async () => {
    const store = new IdempotencyStore(await engine.connect());
    await store.run('key', async () => 'SECRET', { fingerprint: 'SECRET' });
    await store.run('key', async () => 'SECRET', { fingerprint: 'SECRET' });
    await rejectionOf(store.run('bad', () => Promise.reject(new Error('SECRET'))));
    expect(events.map(({ outcome }) => outcome)).to.include('failed');
    expect(JSON.stringify(events)).not.to.contain('SECRET');
  });
});
