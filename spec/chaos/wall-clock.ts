/**
 * Lets the wall clock of this process be wrong: `Date.now`, `new Date()` and `performance.timeOrigin`.
 * To be imported before all else.
 */
let skewMilliseconds = 0;

const { timeOrigin } = performance;
const rightNow = Date.now;
const wrongNow = () => rightNow() + skewMilliseconds;

globalThis.Date = new Proxy(Date, {
  construct: (date, args, newTarget) =>
    Reflect.construct(date, args.length === 0 ? [wrongNow()] : args, newTarget),
  get: (date, name) => (name === 'now' ? wrongNow : Reflect.get(date, name)),
});
Object.defineProperty(performance, 'timeOrigin', { get: () => timeOrigin + skewMilliseconds });

/** From now on it is wrong by so much. */
export function skewWallClock(seconds: number): void {
  skewMilliseconds = seconds * 1000;
}
