/** What the suite needs of a lock: part of what `DistributedLock` has. */
export interface LockUnderTest {
  acquire(options?: AcquireOptionsUnderTest): Promise<LeaseUnderTest>;
  tryAcquire(): Promise<LeaseUnderTest | undefined>;
  run<T>(
    work: (lease: LeaseUnderTest) => Promise<T>,
    options?: AcquireOptionsUnderTest,
  ): Promise<T>;
  inspect(): Promise<LockStateUnderTest>;
  forceRelease(): Promise<boolean>;
}

/** What the suite needs of a lease. */
export interface LeaseUnderTest extends AsyncDisposable {
  readonly token: number;
  readonly signal: AbortSignal;
  readonly isHeld: boolean;
  renew(ttlSeconds?: number): Promise<void>;
  release(): Promise<void>;
}

/** What the suite needs to be told by `inspect`. */
export interface LockStateUnderTest {
  readonly held: boolean;
  readonly token?: number | undefined;
  readonly expiresInSeconds?: number | undefined;
  readonly waiters: number;
}

/** The options of a lock that the suite asks for. */
export interface LockOptionsUnderTest {
  readonly ttlSeconds: number;
  readonly waitSeconds: number;
  readonly renew: boolean;
}

/** The options that the suite gives to `acquire` and `run`. */
export interface AcquireOptionsUnderTest {
  readonly waitSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Makes a lock of that name, which does as the options say. */
export type CreateLock = (
  name: string,
  options: LockOptionsUnderTest,
) => LockUnderTest | Promise<LockUnderTest>;
