/** One of the processes that do the same at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { machineNow } from '../../contest/clock.js';
import { type Operation, perSecond } from '../../contest/rate.js';
import { answerOrders } from '../../contest/worker-process.js';
import { subjects } from './subjects.js';

export interface RateOrder {
  readonly url: string;
  readonly subject: string;
  readonly side: 'ours' | 'floor';
  readonly inFlight: number;
  /** When all begin, by the clock of the machine. */
  readonly beginAt: number;
}

const opened = new Map<string, Operation>();

answerOrders(async ({ url, subject, side, inFlight, beginAt }: RateOrder): Promise<number> => {
  const id = `${subject} ${side} ${inFlight}`;
  const operation = opened.get(id) ?? (await open());
  opened.set(id, operation);
  await sleep(beginAt - machineNow());
  return perSecond(operation, inFlight);

  async function open(): Promise<Operation> {
    const found = subjects.find(({ name }) => name === subject);
    if (!found) throw new Error(`Nothing is called "${subject}".`);
    const operationFor = await found[side].open(new Redis(url));
    return operationFor(inFlight);
  }
});
