/** A lock at one moment, as Redis knows it. */
export interface LockState {
  readonly name: string;
  readonly held: boolean;
  /** Who holds it: host, process and acquisition; only while it is held. */
  readonly owner?: string;
  /** The token of the holder; only while it is held. */
  readonly token?: number;
  /** How long the holder's lease still lasts unless it is renewed; only while it is held. */
  readonly expiresInSeconds?: number;
  /** How many wait. Those whose process died are left out. */
  readonly waiters: number;
  /** Who waits, first in the queue first. */
  readonly queue: LockWaiter[];
}

/** One that waits for a lock. */
export interface LockWaiter {
  /** 1 for the one that gets the lock next. */
  readonly position: number;
  /** How long it has been waiting. */
  readonly ageSeconds: number;
}

/** One that holds a permit, or reads, or writes. */
export interface Holder {
  /** Who it is: host, process and acquisition. */
  readonly owner: string;
  readonly token: number;
  /** How long its lease still lasts unless it is renewed. */
  readonly expiresInSeconds: number;
}
