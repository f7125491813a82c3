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
import { withHint } from './with-hint.js';

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
    streams.stderr.write(usageText(error, usage, asJson));
    return exitCodes.usage;
  }
}

/** What commander wrote: why it refuses, or all of its help to one who named no command. */
function usageText({ code }: CommanderError, usage: string, asJson: boolean): string {
  const isHelp = code === 'commander.help';
  if (!asJson) return `${isHelp ? '' : 'qx-cache: '}${printableLines(usage)}`;
  const [, command] = /^Usage: ([\w -]*\w)/.exec(usage) ?? [];
  const message = isHelp ? `No command was given: see ${command} --help` : usage.trim();
  return errorText(new CliError(message), asJson);
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
    // All errors start with the name of the program.
    outputError: (text, write) => write(text.replace(/^error: /, '')),
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
  // Errors of this library hold no secret, but keys, which may look like one.
  const message = withHint(isQxCacheError(error) ? raw : redact(raw));
  const code = isQxCacheError(error) ? error.code : undefined;
  if (asJson) return `${jsonText({ error: { message, code, exitCode: exitCodeOf(error) } })}\n`;
  return `qx-cache: ${printable(message)}\n`;
}
