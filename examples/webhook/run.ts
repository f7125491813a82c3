import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, IdempotencyStore } from 'qx-cache';
import { Webhook } from 'standardwebhooks';
import { webhookReceiver } from './receiver.js';

export interface Outcome {
  readonly delivered: number;
  readonly handled: number;
  /** Different bodies of the answers. */
  readonly answers: number;
}

/** A receiver on a free port, and a sender that delivers each event three times at the same moment. */
export async function runDeliveries(url: string, events = 20): Promise<Outcome> {
  const secret = Buffer.from(randomUUID()).toString('base64');
  const redis = await createClient(url);
  const store = new IdempotencyStore(redis, { ttlSeconds: 3600 });
  let handled = 0;
  const receiver = webhookReceiver(store, secret, async () => ({ receipt: ++handled }));
  const server = createServer(receiver).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const sender = new Webhook(secret);
  async function deliver(id: string): Promise<string> {
    const body = JSON.stringify({ type: 'order.paid', id });
    const at = new Date();
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
        'webhook-signature': sender.sign(id, at, body),
      },
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return response.text();
  }

  try {
    const ids = Array.from({ length: events }, () => `msg_${randomUUID()}`);
    const answers = await Promise.all([...ids, ...ids, ...ids].map(deliver));
    return { delivered: answers.length, handled, answers: new Set(answers).size };
  } finally {
    server.closeAllConnections();
    server.close();
    await redis.quit();
  }
}
