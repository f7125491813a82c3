import type { ResultAdapter } from 'qx-cache';
import * as tsResults from 'ts-results-es';

export const tsResultsEs: ResultAdapter = {
  name: 'ts-results-es',
  matches: (x) => tsResults.Result.isResult(x),
  isSuccess: (result) => (result as tsResults.Result<unknown, unknown>).isOk(),
  valueOf: (result) => (result as tsResults.Ok<unknown>).value,
  success: (value) => tsResults.Ok(value),
};
