import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { readDeliveries, shippedDeliveries } from '../../examples/orders/deliveries.js';
import { UsageError } from '../../examples/orders/errors.js';
import { parseOptions } from '../../examples/orders/options.js';
import { verdictOf } from '../../examples/orders/report.js';
import { runOrders } from '../../examples/orders/run.js';
import { type BehaviorClass, IdempotencyBehavior, LockBehavior } from '../../src/mediator/index.js';
import { killWithParent } from '../support/child-processes.js';
import { freePort } from '../support/ports.js';
import { rejectionOf } from '../support/rejection.js';
import { sharedServer } from '../support/shared-server.js';

const main = new URL('../../examples/orders/main.ts', import.meta.url);
const generator = new URL('../../examples/orders/generate-deliveries.ts', import.meta.url);

/** A process of the example. */
interface Run {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number; output: string; errors: string }>;
}

function start(file: URL, ...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(file), ...args]);
  killWithParent(child);
  const text = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text.output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text.errors += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, ...text }));
  return { process: child, ended };
}

function orders(...args: string[]): Run['ended'] {
  return start(main, ...args).ended;
}

/** The number beside a label of the table. */
function figure(output: string, label: string): number {
  const line = output.split('\n').find((text) => text.trim().startsWith(label));
  return Number(/ ([\d,.]+)( s)?$/.exec(line ?? '')?.[1]?.replaceAll(',', ''));
}

describe('the orders example', () => {
  let url: string;

  before(async () => {
    url = (await sharedServer()).url;
  });

  it('runs in memory, and its books are right', async function () {
    this.timeout('120s');
    const { code, output, errors } = await orders('--limit', '400');
    expect(code, errors).to.equal(0);
    expect(output).to.contain('The books are right');
    expect(figure(output, 'delivered')).to.equal(400);
    expect(figure(output, 'oversold')).to.equal(0);
  });

  it('accounts for each of 2,000 deliveries on a server', async function () {
    this.timeout('60s');
    const { code, output, errors } = await orders('--url', url);
    expect(code, errors).to.equal(0);
    expect(output).to.contain('The books are right');
    const [delivered, executed, replayed, refused] = [
      'delivered',
      'executed',
      'replayed',
      'refused',
    ].map((label) => figure(output, label)) as [number, number, number, number];
    expect(delivered).to.equal(2000);
    expect(executed + replayed + refused).to.equal(2000 + figure(output, 'not acknowledged'));
    expect(refused).to.be.above(0);
    expect(figure(output, 'waited')).to.be.above(0);
    expect(figure(output, 'declined and retried')).to.be.above(0);
    expect(figure(output, 'out of stock')).to.be.above(0);
    expect(figure(output, 'oversold')).to.equal(0);
    // A replay costs one command; claim, acquire, release and complete are four.
    expect(figure(output, 'Redis commands')).to.be.within(1, 5);
    expect(errors).not.to.contain('Warning');
  });

  it('has right books after a worker was killed in the middle', async function () {
    this.timeout('90s');
    const { code, output, errors } = await orders('--url', url, '--workers', '2');
    expect(code, errors).to.equal(0);
    expect(output).to.contain('The books are right');
    expect(figure(output, 'delivered')).to.equal(2000);
    expect(figure(output, 'workers killed')).to.equal(1);
    expect(figure(output, 'not acknowledged')).to.be.above(0);
    expect(figure(output, 'oversold')).to.equal(0);
  });

  it('ends in an orderly way at Ctrl-C', async () => {
    const run = start(main, '--in-flight', '1');
    // The first line of progress: it is in the middle of it.
    await once(run.process.stderr as NodeJS.ReadableStream, 'data');
    run.process.kill('SIGINT');
    const { code, output, errors } = await run.ended;
    expect(code).to.equal(130);
    expect(errors).to.contain('Interrupted');
    expect(figure(output, 'delivered')).to.be.within(1, 1999);
  });

  it('refuses workers in memory', async () => {
    const { code, errors } = await orders('--workers', '4');
    expect(code).to.equal(2);
    expect(errors).to.contain('--url redis://');
  });

  for (const args of [['--workers', '1'], ['--limit', '1.5'], ['--in-flight', '0'], ['-x']]) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => parseOptions(['--url', url, ...args])).to.throw(UsageError);
    });
  }

  it('refuses a file that is not there', async () => {
    expect(await rejectionOf(readDeliveries('none'))).to.be.instanceOf(UsageError);
  });

  it('says in one line that there is no server', async () => {
    const { code, errors } = await orders('--url', `redis://127.0.0.1:${await freePort()}`);
    expect(code).to.equal(1);
    expect(errors.trim()).to.match(/^No usable Redis at [^\n]+$/);
  });

  describe('audit', () => {
    async function problemsWith(behaviors: readonly BehaviorClass[]): Promise<string> {
      const { signal } = new AbortController();
      const [workers, inFlight, limit] = [0, 64, 600];
      const file = shippedDeliveries;
      const outcome = await runOrders({ url, workers, inFlight, file, limit, signal, behaviors });
      return verdictOf(outcome);
    }

    it('finds nothing wrong with both behaviors', async () => {
      const verdict = await problemsWith([IdempotencyBehavior, LockBehavior]);
      expect(verdict).to.match(/^The books are right/);
    });

    it('finds the orders that were placed twice without the IdempotencyBehavior', async () => {
      const verdict = await problemsWith([LockBehavior]);
      expect(verdict).to.contain('THE BOOKS ARE WRONG');
      expect(verdict).to.match(/is in the ledger \d+ times/);
    });

    it('finds the stock that was overwritten without the LockBehavior', async () => {
      const verdict = await problemsWith([IdempotencyBehavior]);
      expect(verdict).to.contain('THE BOOKS ARE WRONG');
      expect(verdict).to.match(/The stock of "[\w-]+" is \d+, but of \d+ there were \d+ sold/);
    });
  });

  it('ships the deliveries that its generator makes', async () => {
    const { output } = await start(generator).ended;
    expect(output).to.equal(await readFile(shippedDeliveries, 'utf8'));
    expect(output.trimEnd().split('\n')).to.have.length(2000);
  });
});
