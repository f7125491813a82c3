const steps = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3600 },
  { unit: 'm', seconds: 60 },
] as const;

/** A duration for people: `0.4s`, `12s`, `3m 20s`, `2h 5m`, `1d 3h`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const index = steps.findIndex((step) => whole >= step.seconds);
  const step = steps[index];
  if (step === undefined) return `${whole}s`;
  const smaller = steps[index + 1] ?? { unit: 's', seconds: 1 };
  const rest = Math.floor((whole % step.seconds) / smaller.seconds);
  const first = `${Math.floor(whole / step.seconds)}${step.unit}`;
  return rest === 0 ? first : `${first} ${rest}${smaller.unit}`;
}

/** A size for people: `812 B`, `3.4 KB`, `1.2 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1_000_000) return `${(count / 1000).toFixed(1)} KB`;
  return `${(count / 1_000_000).toFixed(1)} MB`;
}

/** A number of things: `1 key`, `1,200 keys`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
