import { type Command, InvalidArgumentError, type Option } from 'commander';

const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration: `90`, `90s`, `5m`, `2h`, `1d`; in seconds. */
export function durationOption(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(number) * (secondsOf[unit ?? ''] ?? Number.NaN);
  if (!Number.isFinite(seconds)) {
    throw new InvalidArgumentError('Give seconds, or a number with s, m, h or d, such as 5m.');
  }
  return seconds;
}

/** The start of keys or names. An empty one would mean all, and mostly is a variable that is not set. */
export function prefixOption(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty: is a variable not set?');
  return text;
}

/** A whole number from 1 on. */
export function countOption(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError('Give a whole number, 1 or more.');
  }
  return number;
}

export function addOptions(command: Command, options: readonly Option[]): Command {
  return options.reduce((one, option) => one.addOption(option), command);
}

/** Of a command that takes something away. */
export interface YesOption {
  readonly yes?: boolean;
}

export function addYes(command: Command): Command {
  return command.option('-y, --yes', 'do not ask for a confirmation');
}
