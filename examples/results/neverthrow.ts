import * as neverthrow from 'neverthrow';
import type { ResultAdapter } from 'qx-cache';

export const neverthrowResults: ResultAdapter = {
  name: 'neverthrow',
  matches: (x) => x instanceof neverthrow.Ok || x instanceof neverthrow.Err,
  isSuccess: (result) => (result as neverthrow.Result<unknown, unknown>).isOk(),
  valueOf: (result) => (result as neverthrow.Ok<unknown, unknown>).value,
  success: (value) => neverthrow.ok(value),
};
