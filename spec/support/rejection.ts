import { expect } from 'chai';

/** What a promise rejects with; a promise that resolves fails the test. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Error;
  }
  expect.fail(`should have rejected, but gave ${JSON.stringify(value)}`);
}

/** The same for what throws at once. */
export function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  expect.fail('should have thrown');
}
