/** What one process is told. */
export interface ChaosWork {
  readonly url: string;
  readonly namespace: string;
  /** Another one for each process, also for one that follows a killed one. */
  readonly name: string;
  readonly seed: number;
  readonly workloads: readonly string[];
  /** A folder for its histories, one file for each workload. */
  readonly dir: string;
  /** A negative control: the scripts have bugs that each check has to show. */
  readonly isBroken: boolean;
}

export type ToChaosWorker =
  | { readonly do: 'go'; readonly startedAt: number }
  | { readonly do: 'stop' }
  | { readonly do: 'skew clock'; readonly seconds: number };

export type FromChaosWorker =
  | { readonly is: 'ready' | 'holding' }
  /** It got no processor between these times. */
  | { readonly is: 'paused'; readonly from: number; readonly to: number };
