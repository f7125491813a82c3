import { inspect } from 'node:util';
import type { ModuleOptions } from '../container/module-options.js';
import { commandNameOf, givenNamesOf, idempotentPolicies } from './idempotent.js';
import type { IdempotencyDefaults, IdempotentPolicy } from './idempotent-options.js';
import { lockedPolicies } from './locked.js';
import type { AnyClass, Saying } from './policy-slot.js';

/** Where what applies comes from, the strongest first. */
type PolicySource = 'decorator' | 'class static' | 'module' | 'default';

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

/** What applies where nobody says anything. */
const defaults = {
  key: 'idempotencyKey',
  scope: undefined,
  fingerprint: 'all fields but the key',
  ttlSeconds: 3600,
  leaseSeconds: 30,
  waitSeconds: 10,
  onInProgress: 'wait',
  takeover: 'after-lease',
  onUnavailable: 'fail',
  version: undefined,
  onVersionMismatch: 'refuse',
  schema: undefined,
  keepSteps: false,
} satisfies { [Option in keyof Required<Omit<IdempotentPolicy, 'name'>>]: unknown };

const lockDefaults = { key: 'lockKey', ttlSeconds: 30, waitSeconds: 10 };

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
  const command = commandNameOf(commandClass, idempotency.name);
  const rows: PolicyRow[] = [
    nameRow(commandClass, command, idempotency.name),
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

function nameRow(
  commandClass: AnyClass,
  value: string,
  moduleName: IdempotencyDefaults['name'],
): PolicyRow {
  const given = givenNamesOf(commandClass);
  if (given.decorator !== undefined) return { option: 'name', value, from: 'decorator' };
  if (given['class static'] !== undefined) return { option: 'name', value, from: 'class static' };
  const isModules = moduleName?.(commandClass) !== undefined;
  return { option: 'name', value, from: isModules ? 'module' : 'default' };
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
