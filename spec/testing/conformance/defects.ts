import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { type ConformanceCase, inMemoryRedis } from '../../../src/testing/index.js';

/** An implementation that breaks a promise. */
export interface Defect<Create> {
  readonly create: Create;
  /** The cases that have to notice; others may notice, too. */
  readonly caughtBy: readonly string[];
  /** Whether they notice by waiting in vain. */
  readonly hangs?: boolean;
}

type Suite<Create> = (
  redis: () => Redis,
  create: Create,
  timeoutSeconds: number,
) => readonly ConformanceCase[];

/** Has a suite run against broken implementations, by what is wrong with them. */
export function itCatches<Create>(
  suite: Suite<Create>,
  defects: Readonly<Record<string, Defect<Create>>>,
): void {
  const all = Object.values(defects);
  const hanging = new Map<Defect<Create>, Promise<string[]>>();

  // All at once, as they do nothing but wait.
  before(() => {
    for (const defect of all) if (defect.hangs) hanging.set(defect, caughtOf(suite, defect));
  });

  for (const [what, defect] of Object.entries(defects)) {
    it(`catches one that ${what}`, async () => {
      const caught = await (hanging.get(defect) ?? caughtOf(suite, defect));
      expect(caught).to.have.members(defect.caughtBy);
    });
  }

  it('has no case that catches nothing', () => {
    const names = suite(() => inMemoryRedis(), all[0]!.create, 1).map(({ name }) => name);
    expect([...new Set(all.flatMap(({ caughtBy }) => caughtBy))]).to.have.members(names);
  });
}

/** Which of the cases that have to notice a defect do so. */
async function caughtOf<Create>(
  suite: Suite<Create>,
  { create, caughtBy, hangs = false }: Defect<Create>,
): Promise<string[]> {
  const name = randomUUID();
  // As if there were two processes.
  const clients = [inMemoryRedis(name), inMemoryRedis(name)];
  let asked = 0;
  const redis = () => clients[asked++ % 2]!;
  const cases = suite(redis, create, hangs ? 2 : 10);
  const caught: string[] = [];
  await Promise.all(
    cases
      .filter((each) => caughtBy.includes(each.name))
      .map(({ name, run }) =>
        run().catch((error: Error) => {
          const isTimeout = /did not end|In time/.test(error.message);
          if (isTimeout === hangs) caught.push(name);
        }),
      ),
  );
  await Promise.all(clients.map((client) => client.quit()));
  return caught;
}
