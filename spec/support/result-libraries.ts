import * as effect from 'effect';
import * as neverthrow from 'neverthrow';
import * as trueMyth from 'true-myth/result';
import * as trueMythTask from 'true-myth/task';
import * as tsResults from 'ts-results-es';
import { effectExits, effectResults } from '../../examples/results/effect.js';
import { neverthrowResults } from '../../examples/results/neverthrow.js';
import { trueMythResults } from '../../examples/results/true-myth.js';
import { tsResultsEs } from '../../examples/results/ts-results-es.js';
import type { ResultAdapter } from '../../src/index.js';

/** One kind of results, as its own library has it. */
export interface ResultLibrary {
  readonly adapter: ResultAdapter;
  success(value: unknown): unknown;
  failure(error: unknown): unknown;
  /** What work returns that is asynchronous in the library's own way. */
  later: { success(value: number): Promise<unknown>; failure(error: unknown): Promise<unknown> };
  /** Uses the library's own methods: twice the number, as text; or the error. */
  use(result: unknown): unknown;
}

const text = (n: number) => `${n}`;

export const resultLibraries: readonly ResultLibrary[] = [
  {
    adapter: neverthrowResults,
    success: neverthrow.ok,
    failure: neverthrow.err,
    later: {
      success: async (value) => neverthrow.okAsync(value),
      failure: async (error) => neverthrow.errAsync(error),
    },
    use: (result) =>
      (result as neverthrow.Result<number, string>)
        .map((n) => n * 2)
        .andThen((n) => neverthrow.ok(n))
        .match(text, (error) => error),
  },
  {
    adapter: trueMythResults,
    success: (value) => trueMyth.ok(value),
    failure: (error) => trueMyth.err(error),
    later: {
      success: async (value) => trueMythTask.resolve(value),
      failure: async (error) => trueMythTask.reject(error),
    },
    use: (result) =>
      (result as trueMyth.Result<number, string>)
        .map((n) => n * 2)
        .andThen((n) => trueMyth.ok<number, string>(n))
        .match({ Ok: text, Err: (error) => error }),
  },
  {
    adapter: tsResultsEs,
    success: tsResults.Ok,
    failure: tsResults.Err,
    later: {
      success: async (value) => new tsResults.AsyncResult(tsResults.Ok(value)),
      failure: async (error) => new tsResults.AsyncResult(tsResults.Err(error)),
    },
    use: (result) =>
      (result as tsResults.Result<number, string>)
        .map((n) => n * 2)
        .andThen((n) => tsResults.Ok(n))
        .mapOrElse((error) => error, text),
  },
  {
    adapter: effectResults,
    success: effect.Result.succeed,
    failure: effect.Result.fail,
    later: {
      success: (value) => effect.Effect.runPromise(effect.Effect.result(later(value))),
      failure: (error) => effect.Effect.runPromise(effect.Effect.result(effect.Effect.fail(error))),
    },
    use: (result) =>
      effect.pipe(
        result as effect.Result.Result<number, string>,
        effect.Result.map((n) => n * 2),
        effect.Result.match({ onSuccess: text, onFailure: (error) => error }),
      ),
  },
  {
    adapter: effectExits,
    success: effect.Exit.succeed,
    failure: effect.Exit.fail,
    later: {
      success: (value) => effect.Effect.runPromiseExit(later(value)),
      failure: (error) => effect.Effect.runPromiseExit(effect.Effect.fail(error)),
    },
    use: (exit) =>
      effect.pipe(
        exit as effect.Exit.Exit<number, string>,
        effect.Exit.map((n) => n * 2),
        effect.Exit.match({ onSuccess: text, onFailure: effect.Cause.squash }),
      ),
  },
];

function later(value: number) {
  return effect.Effect.promise(async () => value);
}
