import assert from 'node:assert/strict';
import type { QxCacheErrorCode } from '../../errors/qx-cache-error.js';
import { eventually } from './eventually.js';

/** What a promise rejects with; one that resolves fails the case. */
export async function rejectionOf(promise: Promise<unknown>, what: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  assert.fail(`${what} should have been refused, but gave ${String(value)}.`);
}

/** Expects a promise to reject with the error of that code, and gives the error. */
export async function rejectsWith<E extends { readonly code: QxCacheErrorCode }>(
  code: E['code'],
  promise: Promise<unknown>,
  what: string,
): Promise<E> {
  const error = await rejectionOf(promise, what);
  assertCode(error, code, what);
  return error as E;
}

/** Expects that to be the error of that code. */
export function assertCode(error: unknown, code: QxCacheErrorCode, what: string): void {
  const found = (error as Partial<{ code: unknown }> | undefined)?.code;
  assert.equal(found, code, `${what} should give the error ${code}, but gave ${String(error)}.`);
}

/** Expects something to become true within five seconds. */
export async function becomes(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  await eventually(isSo).catch((error: unknown) => {
    assert.fail(`In time ${what} (${error instanceof Error ? error.message : String(error)}).`);
  });
}

/** Expects safe integers of which each is larger than the one before. */
export function assertGrowing(tokens: readonly number[]): void {
  const text = tokens.join(', ');
  assert.ok(tokens.every(Number.isSafeInteger), `Tokens must be safe integers, not ${text}.`);
  const isGrowing = tokens.every((token, i) => i === 0 || token > (tokens[i - 1] ?? 0));
  assert.ok(isGrowing, `Tokens must grow, but were ${text}.`);
}
