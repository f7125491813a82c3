import type { Histogram, Meter } from '@opentelemetry/api';
import type { OperationSubject } from '../diagnostics/index.js';
import { outcomeOf } from './attributes.js';
import { listen } from './listen.js';

/** In seconds: from a command of Redis to work, or a wait, of minutes. */
const boundaries = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

type Measured<Subject extends OperationSubject = OperationSubject> =
  Subject extends OperationSubject ? `${Subject['area']}.${Subject['operation']}` : never;

const descriptions: Record<Measured, string> = {
  'idempotency.run': 'What a caller of run waits for its value, replayed or not',
  'idempotency.claim': 'The round trip that claims a key or gives its result',
  'idempotency.wait': 'Waiting for the result of another caller',
  'idempotency.execute': 'The work under a claim',
  'idempotency.complete': 'Storing a result',
  'lock.acquire': 'From asking for a lock to its lease',
  'lock.hold': 'From a lease to its release or loss',
  'cache.load': 'Loading a value that was missing or stale',
};

/** Measures each operation. Gives what ends that. */
export function measureDurations(meter: Meter): () => void {
  const histograms = new Map<string, Histogram>(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      meter.createHistogram(`qx_cache.${name}.duration`, {
        description,
        unit: 's',
        advice: { explicitBucketBoundaries: boundaries },
      }),
    ]),
  );
  return listen('operation', (operation) => {
    const { event, subject, durationSeconds } = operation;
    if (event !== 'ended') return;
    const histogram = histograms.get(`${subject.area}.${subject.operation}`);
    histogram?.record(durationSeconds, outcomeOf(operation));
  });
}
