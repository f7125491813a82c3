import { Result as EffectResult, Exit } from 'effect';
import type { ResultAdapter } from 'qx-cache';

export const effectResults: ResultAdapter = {
  name: 'effect',
  matches: (x) => EffectResult.isResult(x),
  isSuccess: (result) => EffectResult.isSuccess(result as EffectResult.Result<unknown, unknown>),
  valueOf: (result) => (result as EffectResult.Success<unknown, never>).success,
  success: (value) => EffectResult.succeed(value),
};

export const effectExits: ResultAdapter = {
  name: 'effect-exit',
  matches: (x) => Exit.isExit(x),
  isSuccess: (exit) => Exit.isSuccess(exit as Exit.Exit<unknown, unknown>),
  valueOf: (exit) => (exit as Exit.Success<unknown>).value,
  success: (value) => Exit.succeed(value),
};
