/**
 * Lets the wall clock of this process be wrong: `Date.now`, `new Date()` and `performance.timeOrigin`.
 * To be imported before all else.
 */
let skewMilliseconds = 0;

const RightDate = Date;
const { timeOrigin } = performance;

class WrongDate extends RightDate {
  constructor(...args: unknown[]) {
    super(...((args.length === 0 ? [WrongDate.now()] : args) as [number]));
  }

  static override now(): number {
    return RightDate.now() + skewMilliseconds;
  }
}

globalThis.Date = WrongDate as DateConstructor;
Object.defineProperty(performance, 'timeOrigin', { get: () => timeOrigin + skewMilliseconds });

/** From now on it is wrong by so much. */
export function skewWallClock(seconds: number): void {
  skewMilliseconds = seconds * 1000;
}
