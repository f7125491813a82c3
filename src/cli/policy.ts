import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { printable } from '../errors/printable.js';
import { explainPolicy, type PolicyExplanation } from '../mediator/explain-policy.js';
import { idempotentPolicies } from '../mediator/idempotent.js';
import { lockedPolicies } from '../mediator/locked.js';
import type { AnyClass } from '../mediator/policy-slot.js';
import type { Cli } from './cli.js';
import { CliError, exitCodes } from './cli-error.js';

/** `policy FILE`: what applies to each command class that a module exports. */
export function addPolicy(parent: Command, cli: Cli): void {
  parent
    .command('policy')
    .description('show what applies to the command classes of a module')
    .argument('<file>', 'a module that exports them')
    .option('--module <export>', 'its export that holds the options of qxCacheModule')
    .action(
      cli.local<{ module?: string }, [string]>(async (reporter, options, file) => {
        const exported = await importFile(file);
        const moduleOptions = options.module === undefined ? {} : exported[options.module];
        if (typeof moduleOptions !== 'object' || moduleOptions === null) {
          throw new CliError(`${file} exports no object "${options.module}".`);
        }
        const classes = [...new Set(Object.values(exported))].filter(isCommandClass);
        if (classes.length === 0) {
          reporter.nothing(
            { commands: [] },
            `${file} exports no command class: one that extends RequestData, or has a policy.`,
          );
          return exitCodes.no;
        }
        const explanations = classes.map((one) => explainPolicy(one, moduleOptions));
        reporter.result({ commands: explanations.map(asData) }, () =>
          explanations.flatMap((explanation, i) => {
            const [title = '', ...rows] = String(explanation).split('\n');
            const lines = [reporter.paint('bold', title), ...rows.map(printable)];
            return i === 0 ? lines : ['', ...lines];
          }),
        );
        return undefined;
      }),
    );
}

/** Runs the file as Node does, with the loaders of this process. */
async function importFile(file: string): Promise<Record<string, unknown>> {
  const path = resolve(file);
  if (!existsSync(path)) throw new CliError(`There is no file ${file}.`);
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // Node's words for TypeScript that nobody has turned into JavaScript.
    const isUntranslated = code === 'ERR_UNKNOWN_FILE_EXTENSION' || error instanceof SyntaxError;
    const hint = isUntranslated
      ? ` If it is TypeScript, run it with a loader: NODE_OPTIONS='--import tsx' npx qx-cache policy ${file}`
      : '';
    throw new CliError(`${file} can't be imported: ${message}.${hint}`);
  }
}

function isCommandClass(exported: unknown): exported is AnyClass {
  if (typeof exported !== 'function' || !/^class\b/.test(String(exported))) return false;
  const commandClass = exported as AnyClass;
  return (
    extendsRequestData(commandClass) ||
    idempotentPolicies.sayings(commandClass).length > 0 ||
    lockedPolicies.sayings(commandClass).length > 0
  );
}

/** By name: the module may have another copy of mediatr-ts. */
function extendsRequestData(commandClass: AnyClass): boolean {
  const parent: unknown = Object.getPrototypeOf(commandClass);
  return (
    typeof parent === 'function' &&
    (parent.name === 'RequestData' || extendsRequestData(parent as AnyClass))
  );
}

function asData({ command, rows }: PolicyExplanation): object {
  return {
    command,
    rows: rows.map(({ option, value, from }) => ({ option, value: plain(value), from })),
  };
}

/** Functions and schemas have no JSON; that there is one can be told. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && !Array.isArray(value) ? 'an object' : value;
}
