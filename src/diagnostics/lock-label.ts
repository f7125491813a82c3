/** What an event or an operation of a lock is about. */
export interface LockLabel {
  readonly name: string;
  /** What it is, unless it is a plain lock. */
  readonly kind?: 'semaphore' | 'read' | 'write';
}
