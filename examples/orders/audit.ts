import { isDeepStrictEqual } from 'node:util';
import type { Answer, Delivery } from './deliveries.js';
import { type Item, priceOf } from './shop/catalog.js';
import type { Order } from './shop/domain.js';

/** All that a run leaves behind. */
export interface Evidence {
  readonly catalog: readonly Item[];
  readonly deliveries: readonly Delivery[];
  /** By the place of their delivery. */
  readonly answers: readonly (Answer | undefined)[];
  readonly ledger: readonly Order[];
  readonly stock: ReadonlyMap<string, number>;
  readonly charges: ReadonlyMap<string, number>;
}

/** What is wrong with the books, a sentence each. */
export function audit(evidence: Evidence): string[] {
  return [
    ...auditLedger(evidence),
    ...auditAnswers(evidence),
    ...auditStock(evidence),
    ...auditCharges(evidence),
  ];
}

/** How many items were sold that the shop did not have. */
export function oversold({ catalog, ledger }: Pick<Evidence, 'catalog' | 'ledger'>): number {
  const excess = catalog.map(({ sku, stock }) => Math.max(0, soldOf(sku, ledger) - stock));
  return excess.reduce((sum, count) => sum + count, 0);
}

function soldOf(sku: string, ledger: readonly Order[]): number {
  const orders = ledger.filter((order) => order.sku === sku);
  return orders.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Each order is there once, and somebody was told of it. */
function* auditLedger({ deliveries, answers, ledger }: Evidence): Generator<string> {
  const times = new Map<string, number>();
  for (const { key } of ledger) times.set(key, (times.get(key) ?? 0) + 1);
  const accepted = new Set(
    deliveries.flatMap(({ idempotencyKey }, i) =>
      answers[i]?.outcome === 'accepted' ? [idempotencyKey] : [],
    ),
  );
  for (const [key, count] of times) {
    if (count > 1) yield `Order ${key} is in the ledger ${count} times.`;
    if (!accepted.has(key)) yield `Order ${key} is in the ledger, but nobody was told.`;
  }
}

/** Each sender got the answer that the books justify: all of one key the same. */
function* auditAnswers(evidence: Evidence): Generator<string> {
  const { deliveries, answers, ledger } = evidence;
  const orders = new Map(ledger.toReversed().map((order) => [order.key, order]));
  const declined = new Set<string>();
  for (const [i, delivery] of deliveries.entries()) {
    const { idempotencyKey: key } = delivery;
    const problem = problemOf(answers[i], delivery, orders.get(key), evidence);
    if (problem) yield `Delivery ${i + 1}, order ${key}: ${problem}.`;
    if (answers[i]?.outcome !== 'declined') continue;
    if (declined.has(key)) yield `Delivery ${i + 1}, order ${key}: declined a second time.`;
    declined.add(key);
  }
}

function problemOf(
  answer: Answer | undefined,
  { sku, quantity }: Delivery,
  order: Order | undefined,
  { stock }: Evidence,
): string | undefined {
  const isThisOrder = order?.sku === sku && order.quantity === quantity;
  switch (answer?.outcome) {
    case undefined:
      return 'no answer';
    case 'accepted':
      if (!isThisOrder) return 'accepted, but the ledger does not have it';
      if (!isDeepStrictEqual(answer.order, order)) return 'answered otherwise than the first time';
      return undefined;
    case 'refused':
      return isThisOrder ? 'refused, though it is the order in the ledger' : undefined;
    case 'out-of-stock': {
      const left = stock.get(sku) ?? 0;
      return left >= quantity ? `turned away, though ${left} of "${sku}" are left` : undefined;
    }
    case 'declined':
      return undefined;
  }
}

function* auditStock({ catalog, ledger, stock }: Evidence): Generator<string> {
  for (const { sku, stock: initial } of catalog) {
    const left = stock.get(sku);
    const sold = soldOf(sku, ledger);
    if (left === undefined || left < 0) yield `The stock of "${sku}" is ${left}.`;
    if (left !== initial - sold)
      yield `The stock of "${sku}" is ${left}, but of ${initial} there were ${sold} sold.`;
  }
}

/** Each order is paid in full, and nobody paid for nothing. */
function* auditCharges({ ledger, charges }: Evidence): Generator<string> {
  const due = new Map(ledger.map(({ key, sku, quantity }) => [key, quantity * priceOf(sku)]));
  for (const [key, cents] of due) {
    const charged = charges.get(key) ?? 0;
    if (charged !== cents) yield `Order ${key} costs ${cents} cents, but ${charged} were charged.`;
  }
  for (const [key, cents] of charges) {
    if (!due.has(key)) yield `${cents} cents were charged for ${key}, which is no order.`;
  }
}
