import { type Command, CommanderError } from 'commander';
import {
  isCacheConnectionError,
  isCacheSerializationError,
  isCacheUnavailableError,
  isIdempotencyKeyError,
  isIdempotencyResultUnavailableError,
  isQxCacheError,
  isQxCacheSettingsError,
} from '../errors/index.js';
import { printable } from '../errors/printable.js';
import { redact } from '../settings/redact.js';
import { Cli } from './cli.js';
import { CliError, exitCodes } from './cli-error.js';
import { jsonText } from './output/json.js';
import { buildProgram } from './program.js';
import type { Streams } from './streams.js';

/**
 * Runs one command.
 *
 * @param args what stands behind the name of the program
 * @returns the exit code; never rejects
 */
export async function runCli(args: readonly string[], streams: Streams): Promise<number> {
  const cli = new Cli(streams);
  const program = buildProgram(cli);
  const asJson = args.includes('--json');
  let usage = '';
  const writeUsage = (text: string) => {
    usage += redact(text);
  };
  for (const command of withSubcommands(program)) tame(command, streams, writeUsage);
  try {
    await program.parseAsync(args, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      streams.stderr.write(errorText(error, asJson));
      return exitCodeOf(error);
    }
    if (error.exitCode === 0) return exitCodes.ok;
    const text = asJson ? errorText(new CliError(usage.trim()), asJson) : printableLines(usage);
    streams.stderr.write(text);
    return exitCodes.usage;
  }
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Lets a command throw where it would end the process. */
function tame(
  command: Command,
  { stdout, stderr }: Streams,
  writeErr: (text: string) => void,
): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr,
    getOutHelpWidth: () => stdout.columns ?? 80,
    getErrHelpWidth: () => stderr.columns ?? 80,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return exitCodes.usage;
  if (isQxCacheSettingsError(error) || isIdempotencyKeyError(error)) return exitCodes.usage;
  if (isCacheConnectionError(error) || isCacheUnavailableError(error)) return exitCodes.unavailable;
  if (isCacheSerializationError(error) || isIdempotencyResultUnavailableError(error)) {
    return exitCodes.unreadable;
  }
  return exitCodes.internal;
}

/** One line, without a stack and without secrets. */
function errorText(error: unknown, asJson: boolean): string {
  const raw = error instanceof Error ? error.message : String(error);
  const rights = /NOPERM/.test(raw) ? '. What rights are needed stands in docs/cli.md.' : '';
  // Errors of this library hold no secret, but keys, which may look like one.
  const message = (isQxCacheError(error) ? raw : redact(raw)) + rights;
  const code = isQxCacheError(error) ? error.code : undefined;
  if (asJson) return `${jsonText({ error: { message, code, exitCode: exitCodeOf(error) } })}\n`;
  return `qx-cache: ${printable(message)}\n`;
}
