import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { fastifyProblems, parseIdempotencyKey } from 'qx-cache/http';
import { wasReplayed } from './replay-report.js';
import { openShop, PlaceOrder } from './shop.js';

interface OrderBody {
  readonly sku: string;
  readonly quantity: number;
}

const schema = {
  headers: {
    type: 'object',
    required: ['x-customer'],
    properties: { 'x-customer': { type: 'string', minLength: 1, maxLength: 64 } },
  },
} as const;

const orderSchema = {
  ...schema,
  body: {
    type: 'object',
    required: ['sku', 'quantity'],
    additionalProperties: false,
    properties: {
      sku: { type: 'string', enum: ['tea', 'kettle'] },
      quantity: { type: 'integer', minimum: 1, maximum: 9 },
    },
  },
} as const;

/** The service, not listening yet. Closing it closes what it opened. */
export async function openService(url: string): Promise<FastifyInstance> {
  const { mediator, books, close } = await openShop(url);
  const app = fastify();
  app.addHook('onClose', close);
  // What the mediator throws: 400, 409 with Retry-After, 422, 503 as application/problem+json.
  app.setErrorHandler(fastifyProblems());

  // The header becomes the key of the command. That is all.
  app.post<{ Body: OrderBody }>('/orders', { schema: orderSchema }, async (request, reply) => {
    const idempotencyKey = parseIdempotencyKey(request.headers['idempotency-key']);
    const customer = customerOf(request);
    const command = new PlaceOrder({ idempotencyKey, customer, ...request.body });
    const order = await mediator.send(command);
    if (wasReplayed(command)) reply.header('idempotency-replayed', 'true');
    return reply.code(201).send(order);
  });

  // For the comparison: each request is a command of its own.
  app.post<{ Body: OrderBody }>(
    '/careless-orders',
    { schema: orderSchema },
    async (request, reply) => {
      const command = {
        idempotencyKey: randomUUID(),
        customer: customerOf(request),
        ...request.body,
      };
      return reply.code(201).send(await mediator.send(new PlaceOrder(command)));
    },
  );

  app.get('/orders', { schema }, (request) => books.ordersOf(customerOf(request)));

  for (const [path, file, type] of [
    ['/', 'page.html', 'text/html'],
    ['/page.js', 'page.js', 'text/javascript'],
    ['/page.css', 'page.css', 'text/css'],
  ] as const) {
    const content = await readFile(new URL(file, import.meta.url), 'utf8');
    app.get(path, (_request, reply) =>
      reply
        .header('content-security-policy', "default-src 'self'; img-src data:")
        .type(`${type}; charset=utf-8`)
        .send(content),
    );
  }
  return app;
}

/** A real service would authenticate. */
function customerOf({ headers }: FastifyRequest): string {
  return String(headers['x-customer']);
}
