import { abandonScript } from '../../src/idempotency/scripts/abandon.js';
import { claimScript } from '../../src/idempotency/scripts/claim.js';
import { completeScript } from '../../src/idempotency/scripts/complete.js';
import { renewScript } from '../../src/idempotency/scripts/renew.js';

/** Scripts whose replies get lost, so that they are sent again. */
export const lossyScripts = {
  'lost claim': claimScript,
  'lost completion': completeScript,
  'lost renewal': renewScript,
  'lost give-up': abandonScript,
};

/** What is done to processes and connections. */
export type Fault = 'kill' | 'pause' | 'cut' | keyof typeof lossyScripts;

export const allFaults: readonly Fault[] = [
  'kill',
  'pause',
  'cut',
  ...(Object.keys(lossyScripts) as (keyof typeof lossyScripts)[]),
];

/** What is done, in how many processes, for how long. */
export interface ChaosPlan {
  readonly url: string;
  readonly namespace: string;
  readonly seed: number;
  readonly processes: number;
  readonly callers: number;
  readonly keys: number;
  readonly leaseSeconds: number;
  /** Faults are made for this long, unless all is done before. */
  readonly seconds: number;
  /** Default: all kinds. */
  readonly faults?: readonly Fault[];
  /**
   * A negative control: a completion does not look who owns the claim. All work is long and none
   * fails, so that pauses hit it.
   */
  readonly isUnfenced?: boolean;
}

/** What one process is told. */
export interface ChaosWork
  extends Pick<
    ChaosPlan,
    'url' | 'namespace' | 'seed' | 'callers' | 'keys' | 'leaseSeconds' | 'isUnfenced'
  > {
  /** Another one for each process, also for one that follows a killed one. */
  readonly name: string;
  /** Where its history goes. */
  readonly file: string;
}
