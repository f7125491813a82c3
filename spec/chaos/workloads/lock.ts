import { DistributedLock } from '../../../src/index.js';
import { holderWorkload, lockOptions } from './holder-workload.js';

export const lock = holderWorkload('lock', 3, { permits: 1 }, ({ redis, namespace }) => {
  const held = new DistributedLock(redis, 'chaos', { namespace, ...lockOptions });
  return [
    {
      share: 'one',
      acquire: (signal) => held.acquire({ signal }),
      tryAcquire: () => held.tryAcquire(),
    },
  ];
});
