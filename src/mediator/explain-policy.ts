import { inspect } from 'node:util';
import type { ModuleOptions } from '../container/module-options.js';
import { runOptions, storeOptions } from '../idempotency/idempotency-options.js';
import { lockSchema } from '../lock/lock-options.js';
import { commandNaming, idempotentPolicies, type PolicySource } from './idempotent.js';
import type { IdempotencyDefaults, IdempotentPolicy } from './idempotent-options.js';
import { lockedPolicies } from './locked.js';
import type { AnyClass, Saying } from './policy-slot.js';

/** One option of the policy of a command class. */
export interface PolicyRow {
  /** As it is written in `@idempotent`, or `locked.…` for those of `@locked`. */
  readonly option: string;
  /** What applies; `undefined` for an option that is off. */
  readonly value: unknown;
  readonly from: PolicySource;
}

/** What applies to the commands of a class. As text, and on the console, it is a table. */
export interface PolicyExplanation {
  /** The name of the command in stored keys. */
  readonly command: string;
  readonly rows: readonly PolicyRow[];
  toString(): string;
}

const runDefaults = runOptions.parse({});

/** What applies where nobody says anything. */
const defaults = {
  key: 'idempotencyKey',
  scope: undefined,
  fingerprint: 'all fields but the key',
  ...pick(storeOptions.parse({}), ['ttlSeconds', 'leaseSeconds']),
  ...pick(runDefaults, ['waitSeconds', 'onInProgress', 'takeover', 'onUnavailable']),
  version: undefined,
  ...pick(runDefaults, ['onVersionMismatch']),
  schema: undefined,
  ...pick(runDefaults, ['keepSteps']),
} satisfies { [Option in keyof Required<Omit<IdempotentPolicy, 'name'>>]: unknown };

const lockDefaults = {
  key: 'lockKey',
  ...pick(lockSchema.parse({}), ['ttlSeconds', 'waitSeconds']),
};

/**
 * Tells what applies to the commands of a class, and from where: decorator over class static over
 * module over default, option by option; what a class says, over what its parents say.
 *
 * @param module what `qxCacheModule` was given
 * @throws {@link QxCacheSettingsError} when the class has no name, or a bad static policy
 * @example
 * console.log(explainPolicy(CreateOrder, moduleOptions));
 */
export function explainPolicy(
  commandClass: AnyClass,
  module: Pick<ModuleOptions, 'idempotency' | 'lock' | 'scope'> = {},
): PolicyExplanation {
  const idempotency: IdempotencyDefaults = { scope: module.scope, ...module.idempotency };
  const { name: command, from } = commandNaming(commandClass, idempotency.name);
  const rows: PolicyRow[] = [
    { option: 'name', value: command, from },
    ...rowsOf(defaults, idempotentPolicies.sayings(commandClass), idempotency),
  ];
  const lockSayings = lockedPolicies.sayings(commandClass);
  if (lockSayings.length > 0) {
    const lockRows = rowsOf(lockDefaults, lockSayings, module.lock);
    rows.push(...lockRows.map((row) => ({ ...row, option: `locked.${row.option}` })));
  }
  const table = () => asTable(command, rows);
  return Object.assign({ command, rows, toString: table }, { [inspect.custom]: table });
}

function rowsOf(
  fallback: object,
  sayings: readonly Saying<object>[],
  module: object | undefined,
): PolicyRow[] {
  const all = [
    { from: 'default' as const, policy: fallback },
    { from: 'module' as const, policy: module },
    ...sayings.map(({ by, policy }) => ({ from: by, policy })),
  ];
  return Object.keys(fallback).map((option): PolicyRow => {
    const valueIn = (policy: object | undefined) =>
      (policy as Record<string, unknown> | undefined)?.[option];
    const found = all.findLast(({ policy }) => valueIn(policy) !== undefined);
    return { option, value: valueIn(found?.policy), from: found?.from ?? 'default' };
  });
}

function asTable(command: string, rows: readonly PolicyRow[]): string {
  const cells = rows.map(({ option, value, from }) => [option, show(value), from]);
  const width = (column: number) => Math.max(...cells.map((row) => row[column]?.length ?? 0));
  const widths = [width(0), width(1), width(2)];
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [command, ...lines].join('\n');
}

function show(value: unknown): string {
  if (value === undefined) return '–';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object') return inspect(value, { depth: 0, breakLength: Infinity });
  return String(value);
}

function pick<T extends object, Name extends keyof T>(
  from: T,
  names: readonly Name[],
): Pick<T, Name> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, Name>;
}
