/** What permits are taken from: a semaphore has a number of them, a read-write lock any number. */
export interface PermitPool {
  readonly kind: 'semaphore' | 'read-write';
  readonly name: string;
  readonly permits: number;
}

/** Any number of readers, and more than there can be. */
const UNLIMITED = 1e9;

/** Of a read-write lock a reader takes one permit, a writer all. */
export function readWritePool(name: string): PermitPool {
  return { kind: 'read-write', name, permits: UNLIMITED };
}

export function semaphorePool(name: string, permits: number): PermitPool {
  return { kind: 'semaphore', name, permits };
}

/** What a pool is known by in its namespace. Whoever reads it knows all of the pool. */
export function poolAddress({ kind, name, permits }: PermitPool): string {
  return `${kind}:${permits}:${name}`;
}

/** The pool of an address; `undefined` when it is the address of something else. */
export function poolAt(address: string): PermitPool | undefined {
  const [, kind, permits, name] = /^(semaphore|read-write):(\d+):(.*)$/s.exec(address) ?? [];
  if (name === undefined) return undefined;
  return { kind: kind as PermitPool['kind'], permits: Number(permits), name };
}
