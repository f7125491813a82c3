import { ReadWriteLock } from '../../../src/index.js';
import { holderWorkload, lockOptions } from './holder-workload.js';

const capacity = { permits: Number.POSITIVE_INFINITY };

export const readWriteLock = holderWorkload('read-write', 2, capacity, ({ redis, namespace }) => {
  const held = new ReadWriteLock(redis, 'chaos', { namespace, ...lockOptions });
  return [
    {
      share: 'one',
      acquire: (signal) => held.read({ signal }),
      tryAcquire: () => held.tryRead(),
    },
    {
      share: 'all',
      acquire: (signal) => held.write({ signal }),
      tryAcquire: () => held.tryWrite(),
    },
  ];
});
