import type { CodecType, ResultAdapter } from 'qx-cache';
import * as trueMyth from 'true-myth/result';
import Unit from 'true-myth/unit';

export const trueMythResults: ResultAdapter = {
  name: 'true-myth',
  matches: (x) => trueMyth.isInstance(x),
  isSuccess: (result) => (result as trueMyth.AnyResult).isOk,
  valueOf: (result) => (result as trueMyth.Ok<unknown, unknown>).value,
  success: (value) => trueMyth.ok(value),
};

/** For `createCodec`: what `ok()` holds comes back as the very same `Unit`. */
export const unitType: CodecType<typeof Unit, null> = {
  name: 'Unit',
  matches: (x) => x === Unit,
  encode: () => null,
  decode: () => Unit,
};
