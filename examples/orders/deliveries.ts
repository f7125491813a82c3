import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from './errors.js';
import { catalog } from './shop/catalog.js';
import type { Order } from './shop/domain.js';

const delivery = z.strictObject({
  idempotencyKey: z.string(),
  sku: z.enum(catalog.map(({ sku }) => sku)),
  quantity: z.int().min(1),
  card: z.enum(['good', 'declined-once']),
});

/** One message of a queue, or one call of a webhook. The same order comes again and again. */
export type Delivery = Readonly<z.output<typeof delivery>>;

/** What the sender of a delivery is told. */
export type Answer =
  | { readonly outcome: 'accepted'; readonly order: Order }
  | { readonly outcome: 'out-of-stock' | 'declined' }
  /** The key was used with another payload. */
  | { readonly outcome: 'refused' };

/** The shipped file. Made by generate-deliveries.ts. */
export const shippedDeliveries = new URL('./deliveries.jsonl', import.meta.url);

/** @throws {@link UsageError} when there is no such file, or a line of it is no delivery */
export async function readDeliveries(file: URL | string): Promise<Delivery[]> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`The deliveries can't be read: ${error.message}`, { cause: error });
  });
  return text.trimEnd().split('\n').map(toDelivery);
}

function toDelivery(line: string, index: number): Delivery {
  try {
    return delivery.parse(JSON.parse(line));
  } catch (cause) {
    throw new UsageError(`Line ${index + 1} of the deliveries is malformed: ${line}`, { cause });
  }
}
