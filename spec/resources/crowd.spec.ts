import { expect } from 'chai';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { startWorker } from '../support/worker.js';
import type { CrowdReport } from './crowd.worker.js';

describe('10,000 callers of one process that wait for the same', function () {
  this.timeout('120s');
  const COUNT = 10_000;
  /** Its promises, its timer and its place; a fifth of it is what the compiler of the specs adds. */
  const MOST_BYTES = 5000;
  let server: RedisServer;
  let report: CrowdReport;

  before(async () => {
    server = await startRedisServer();
    const file = new URL('crowd.worker.ts', import.meta.url);
    const worker = startWorker<never, CrowdReport>(file, [server.url, `${COUNT}`]);
    report = await worker.next();
    expect(await worker.exited).to.equal(0);
  });
  after(() => server.stop());

  it('get one lock in their order, with one heartbeat for all', () => {
    const { served, heartbeats, bytesPerWaiter } = report.lock;
    expect(served).to.deep.equal(Array.from({ length: COUNT }, (_, number) => number));
    expect(heartbeats).to.be.within(1, 2);
    console.log(`      ${bytesPerWaiter} bytes a waiter of a lock`);
    expect(bytesPerWaiter).to.be.below(MOST_BYTES);
  });

  it('get the result of one key, which one of them made; a wait costs no command', () => {
    expectOneForAll(report.key, 'an idempotency key');
  });

  it('get one cached value, which one of them loaded; a wait costs no command', () => {
    expectOneForAll(report.cached, 'a cached value');
  });

  function expectOneForAll(
    { runs, values, furtherCommands, bytesPerWaiter }: CrowdReport['key'],
    what: string,
  ): void {
    expect(runs).to.equal(1);
    expect([...values]).to.deep.equal([[1, COUNT]]);
    // The result is stored, and looked at; now and then a wait looks by itself.
    expect(furtherCommands).to.be.within(1, 20);
    console.log(`      ${bytesPerWaiter} bytes a waiter of ${what}`);
    expect(bytesPerWaiter).to.be.below(MOST_BYTES);
  }
});
