import { randomBytes } from 'node:crypto';

const processId = randomBytes(9).toString('base64url');
let count = 0;

/** A new id for one claim or one acquisition: unique over all processes, never used twice. */
export function nextOwnerId(): string {
  count += 1;
  return `${processId}:${count.toString(36)}`;
}
