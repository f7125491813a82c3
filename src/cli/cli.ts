import type { Command } from 'commander';
import { exitCodes } from './cli-error.js';
import { Reporter } from './output/reporter.js';
import { type GlobalOptions, type Session, settingsFor, withSession } from './session.js';
import type { Streams } from './streams.js';

/** What a command does with its arguments and options; what it returns is the exit code, 0 by default. */
type Action<Args extends readonly unknown[], Options, Context> = (
  context: Context,
  options: Options,
  ...args: Args
) => Promise<number | undefined>;

/** What commands are made with: turns what they do into what commander calls. */
export class Cli {
  readonly streams: Streams;
  exitCode: number = exitCodes.ok;

  constructor(streams: Streams) {
    this.streams = streams;
  }

  /** For a command that looks at Redis: the connection is open while it works. */
  onRedis<Options, Args extends readonly unknown[] = []>(action: Action<Args, Options, Session>) {
    return this.local<Options & GlobalOptions, Args>((reporter, options, ...args) =>
      withSession(settingsFor(options), { reporter, streams: this.streams }, (session) =>
        action(session, options, ...args),
      ),
    );
  }

  /** For a command that opens no connection, or does so by itself. */
  local<Options, Args extends readonly unknown[] = []>(action: Action<Args, Options, Reporter>) {
    // commander calls with the arguments, the options and the command.
    return async (...parameters: unknown[]): Promise<void> => {
      const command = parameters.at(-1) as Command;
      const options = command.optsWithGlobals<Options & GlobalOptions>();
      const { json = false, color } = options;
      const reporter = new Reporter(this.streams, { json, color });
      const args = command.processedArgs as unknown as Args;
      this.exitCode = (await action(reporter, options, ...args)) ?? exitCodes.ok;
    };
  }
}
