/** What the suite needs of an idempotency store: part of what `IdempotencyStore` has. */
export interface StoreUnderTest {
  get<T>(key: string): Promise<T | undefined>;
  set<T>(
    key: string,
    value: T,
    options?: { readonly ttlSeconds?: number | undefined },
  ): Promise<boolean>;
  claim<T>(key: string, options?: ClaimOptionsUnderTest): Promise<ClaimResultUnderTest<T>>;
  run<T>(
    key: string,
    work: (claim: ClaimUnderTest) => Promise<T>,
    options?: RunOptionsUnderTest<T>,
  ): Promise<{ value: T; replayed: boolean }>;
  inspect(key: string): Promise<{ readonly state: string; readonly attempt: number } | undefined>;
  delete(key: string): Promise<boolean>;
}

/** What the suite needs of a claim. */
export interface ClaimUnderTest {
  readonly attempt: number;
  readonly token: number;
  readonly signal: AbortSignal;
  complete(value: unknown): Promise<void>;
  abandon(): Promise<void>;
  renew(): Promise<void>;
}

/** What `claim` has to answer. */
export type ClaimResultUnderTest<T> =
  | { readonly status: 'claimed'; readonly claim: ClaimUnderTest }
  | { readonly status: 'completed'; readonly value: T }
  | { readonly status: 'in-progress'; readonly expiresInSeconds: number };

/** The options that the suite gives to `claim`. */
export interface ClaimOptionsUnderTest {
  readonly fingerprint?: unknown;
  readonly leaseSeconds?: number | undefined;
  readonly ttlSeconds?: number | undefined;
}

/** The options that the suite gives to `run`. */
export interface RunOptionsUnderTest<T> extends ClaimOptionsUnderTest {
  readonly waitSeconds?: number | undefined;
  readonly onInProgress?: 'wait' | 'reject' | undefined;
  readonly takeover?: 'after-lease' | 'never' | undefined;
  readonly storeWhen?: ((value: T) => boolean) | undefined;
}
