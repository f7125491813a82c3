import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { webhookReceiver } from '../../examples/webhook/receiver.js';
import { runDeliveries } from '../../examples/webhook/run.js';
import { IdempotencyStore } from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';
import { gate } from '../support/gate.js';
import { ImpatientStore } from '../support/impatient-store.js';

const secret = Buffer.from('a secret of the specs').toString('base64');

onEachRedis('the recipe for webhooks', (engine) => {
  const servers: Server[] = [];
  const reported = console.error;

  beforeEach(() => {
    console.error = () => {};
  });

  afterEach(() => {
    console.error = reported;
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** A receiver; gives what delivers to it. */
  async function receive(handle: (event: unknown) => Promise<unknown>, Store = IdempotencyStore) {
    const store = new Store(await engine.connect());
    const server = createServer(webhookReceiver(store, secret, handle)).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const deliver = async (body: string, headers: Record<string, string>) => {
      const url = `http://127.0.0.1:${port}/`;
      const response = await fetch(url, { method: 'POST', body, headers });
      const answer: unknown = await response.json();
      return { status: response.status, answer, retryAfter: response.headers.get('retry-after') };
    };
    return { store, deliver };
  }

  function signed(body: string, id = 'msg_1', signer = new Webhook(secret)) {
    const at = new Date();
    return {
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
      'webhook-signature': signer.sign(id, at, body),
    };
  }

  const paid = JSON.stringify({ type: 'order.paid', order: 7 });

  it('runs as it stands, and handles each event once', async () => {
    const outcome = await runDeliveries(engine.url(), 5);
    expect(outcome).to.deep.equal({ delivered: 15, handled: 5, answers: 5 });
  });

  it('answers the second delivery like the first, also while that runs', async () => {
    const finish = gate();
    const started = gate();
    const events: unknown[] = [];
    const { deliver } = await receive(async (event) => {
      started.open();
      await finish.opened;
      return { receipt: events.push(event) };
    });
    const first = deliver(paid, signed(paid));
    await started.opened;
    const second = deliver(paid, signed(paid));
    finish.open();
    const answer = { status: 200, answer: { receipt: 1 }, retryAfter: null };
    expect(await Promise.all([first, second])).to.deep.equal([answer, answer]);
    expect(await deliver(paid, signed(paid))).to.deep.equal(answer);
    expect(events).to.deep.equal([{ type: 'order.paid', order: 7 }]);
  });

  it('handles an event again whose handling failed', async () => {
    let calls = 0;
    const { deliver } = await receive(async () => {
      calls++;
      if (calls === 1) throw new Error('the database is away');
      return null;
    });
    expect(await deliver(paid, signed(paid))).to.include({ status: 500 });
    expect(await deliver(paid, signed(paid))).to.include({ status: 200, answer: null });
    expect(await deliver(paid, signed(paid))).to.include({ status: 200, answer: null });
    expect(calls).to.equal(2);
  });

  it('refuses what is not signed, for another id, or too old, and touches no key', async () => {
    const { store, deliver } = await receive(async () => expect.fail('handled'));
    const other = new Webhook(Buffer.from('another secret').toString('base64'));
    const old = signed(paid);
    for (const headers of [
      {},
      signed(paid, 'msg_1', other),
      { ...signed(paid), 'webhook-id': 'msg_2' },
      { ...old, 'webhook-timestamp': '1' },
    ] as Record<string, string>[]) {
      expect(await deliver(paid, headers)).to.include({ status: 401 });
    }
    expect(await store.inspect('webhook:msg_1')).to.equal(undefined);
    expect(await store.inspect('webhook:msg_2')).to.equal(undefined);
  });

  it('refuses an id that comes with another body, and a body without end', async () => {
    const { deliver } = await receive(async () => 'done');
    expect(await deliver(paid, signed(paid))).to.include({ status: 200 });
    const other = JSON.stringify({ type: 'order.paid', order: 8 });
    expect(await deliver(other, signed(other))).to.include({ status: 422 });
    const large = JSON.stringify('a'.repeat(5_000_000));
    expect(await deliver(large, signed(large, 'msg_3'))).to.include({ status: 413 });
  });

  it('tells the sender to come again while another process has the event', async () => {
    const { store, deliver } = await receive(async () => 'done', ImpatientStore);
    await store.claim('webhook:msg_1', { fingerprint: paid, leaseSeconds: 30 });
    const { status, retryAfter } = await deliver(paid, signed(paid));
    expect(status).to.equal(409);
    expect(Number(retryAfter)).to.be.within(1, 30);
  });
});
