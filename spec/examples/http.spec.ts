import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { openService } from '../../examples/http/service.js';
import { launchBrowser } from '../support/browser.js';
import { killWithParent } from '../support/child-processes.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/ports.js';

const main = fileURLToPath(new URL('../../examples/http/main.ts', import.meta.url));

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args]);
  killWithParent(child);
  return child;
}

onRealRedis('the http example', (engine) => {
  let service: FastifyInstance;

  beforeEach(async () => {
    service = await openService(engine.url());
  });
  afterEach(() => service.close());

  function order(
    key: string | undefined,
    customer: string,
    payload: object = { sku: 'tea', quantity: 1 },
  ) {
    const headers = { 'x-customer': customer, ...(key && { 'idempotency-key': key }) };
    return service.inject({ method: 'POST', url: '/orders', headers, payload });
  }

  it('places one order for each key of a customer', async () => {
    const customer = engine.namespace();
    const [one, two] = await Promise.all([order('"a"', customer), order('"a"', customer)]);
    expect([one.statusCode, two.statusCode]).to.deep.equal([201, 201]);
    expect(one.json()).to.deep.equal(two.json());
    const replays = [one, two].filter(({ headers }) => headers['idempotency-replayed'] === 'true');
    expect(replays).to.have.length(1);
    const other = await order('"a"', `${customer}-2`);
    expect(other.json().number).not.to.equal(one.json().number);
  });

  it('answers what it refuses with problems', async () => {
    const customer = engine.namespace();
    const missing = await order(undefined, customer);
    expect(missing.statusCode).to.equal(400);
    expect(missing.headers['content-type']).to.contain('application/problem+json');
    await order('"a"', customer);
    const reused = await order('"a"', customer, { sku: 'kettle', quantity: 1 });
    expect(reused.statusCode).to.equal(422);
    expect(reused.body).not.to.contain(customer);
  });
});

describe('the page of the http example', function () {
  this.timeout('60s');
  let service: ChildProcess;
  let browser: Browser;
  let page: Page;

  before(async () => {
    service = start('--port', '0');
    const [line] = await once(service.stdout as NodeJS.ReadableStream, 'data');
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(/http:\S+/.exec(String(line))?.[0] as string);
  });

  after(async () => {
    await browser?.close();
    service.kill('SIGTERM');
    const [code] = await once(service, 'exit');
    expect(code).to.equal(0);
  });

  beforeEach(() => page.reload());

  /** What the table says once all requests are answered: order numbers, and how they were answered. */
  async function requests(): Promise<{ orders: string[]; answers: string[] }> {
    const column = (n: number) => page.locator(`#requests td:nth-child(${n})`).allTextContents();
    await eventually(async () => {
      const answers = await column(5);
      return answers.length > 0 && answers.every((text) => !text.startsWith('waiting'));
    });
    return { orders: await column(4), answers: (await column(5)).sort() };
  }

  async function inTheBooks(): Promise<number> {
    return Number(await page.locator('#count').textContent());
  }

  it('places one order at a double click, and shows that both clicks got it', async () => {
    await page.dblclick('#order');
    const { orders, answers } = await requests();
    expect(answers).to.deep.equal(['executed', 'replayed']);
    expect(new Set(orders).size).to.equal(1);
    await eventually(async () => (await inTheBooks()) === 1);
  });

  it('places another order at the next click, and none when a request is sent again', async () => {
    await page.click('#order');
    await requests();
    await page.click('#order');
    await requests();
    await page.click('#again');
    const { answers } = await requests();
    expect(answers).to.deep.equal(['executed', 'executed', 'replayed']);
    await eventually(async () => (await inTheBooks()) === 2);
  });

  it('places two orders at a double click without a key', async () => {
    await page.dblclick('#careless');
    const { orders } = await requests();
    expect(new Set(orders).size).to.equal(2);
    await eventually(async () => (await inTheBooks()) === 2);
  });
});

it('the http example says in one line that there is no server', async () => {
  const child = start('--port', '0', '--url', `redis://127.0.0.1:${await freePort()}`);
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).to.equal(1);
  expect(errors.trim()).to.match(/^No usable Redis at [^\n]+$/);
});
