import { Semaphore } from '../../../src/index.js';
import { holderWorkload, lockOptions } from './holder-workload.js';

const permits = 2;

export const semaphore = holderWorkload('semaphore', 3, { permits }, ({ redis, namespace }) => {
  const held = new Semaphore(redis, 'chaos', { namespace, permits, ...lockOptions });
  return [
    {
      share: 'one',
      acquire: (signal) => held.acquire({ signal }),
      tryAcquire: () => held.tryAcquire(),
    },
  ];
});
