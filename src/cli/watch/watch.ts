import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { redact } from '../../settings/redact.js';
import type { Cli } from '../cli.js';
import { CliError } from '../cli-error.js';
import { countOption } from '../option-parsers.js';
import { jsonText } from '../output/json.js';
import type { Session } from '../session.js';
import { Screen } from './screen.js';
import { type Stop, untilStopped } from './until-stopped.js';
import { type View, viewLines } from './view.js';
import { type Snapshot, Watcher } from './watcher.js';

const INTERVAL_MS = 1000;
const DEFAULT_KEYS_PER_SECOND = 10_000;

interface WatchOptions {
  readonly keysPerSecond: number;
  readonly count?: number;
}

/** What is told of one look: what was seen, or why nothing was. */
type Look = { readonly snapshot: Snapshot } | { readonly problem: string };

/** `watch`: what goes on, each second anew; on a terminal over all of it, else as a line of JSON each. */
export function addWatch(parent: Command, cli: Cli): void {
  parent
    .command('watch')
    .description('watch claims in progress, locks and queues, each second anew')
    .option(
      '--keys-per-second <count>',
      'look for what is new in so many keys a second',
      countOption,
      DEFAULT_KEYS_PER_SECOND,
    )
    .option('--count <count>', 'end after so many looks', countOption)
    .action(
      cli.onRedis<WatchOptions>(async (session, options) => {
        const { reporter, streams } = session;
        if (reporter.json) {
          return follow(session, options, (look) => {
            const line = 'snapshot' in look ? look.snapshot : look;
            streams.stdout.write(`${jsonText(line)}\n`);
          });
        }
        if (!streams.stdin.isTTY || !streams.stdout.isTTY) {
          throw new CliError(
            'watch needs a terminal. For a line of JSON each second: watch --json.',
          );
        }
        return showOnScreen(session, options);
      }),
    );
}

async function showOnScreen(session: Session, options: WatchOptions): Promise<number> {
  const { reporter, settings, streams } = session;
  const title = `${redact(settings.url)} namespace ${settings.namespace}`;
  let view: View = { title, snapshot: undefined, problem: undefined };
  const stop = untilStopped();
  const draw = () => screen.draw(viewLines(view, screen.size, reporter.paint));
  const screen = new Screen(streams, { quit: stop.now, resize: draw });
  try {
    draw();
    return await follow(
      session,
      options,
      (look) => {
        view =
          'snapshot' in look
            ? { title, snapshot: look.snapshot, problem: undefined }
            : { ...view, problem: look.problem };
        draw();
      },
      stop,
    );
  } finally {
    screen.close();
  }
}

/** Looks each second until it is told to stop. Redis may go and come back meanwhile. */
async function follow(
  session: Session,
  { keysPerSecond, count = Number.POSITIVE_INFINITY }: WatchOptions,
  tell: (look: Look) => void,
  stop: Stop = untilStopped(),
): Promise<number> {
  const watcher = new Watcher(session, keysPerSecond);
  const stopped = stop.signal.aborted ? Promise.resolve() : once(stop.signal, 'abort');
  try {
    for (let looks = 0; looks < count && !stop.signal.aborted; ) {
      const startedAt = performance.now();
      const looking: Promise<Look> = watcher.look().then(
        (snapshot) => ({ snapshot }),
        (error: Error) => ({ problem: error.message }),
      );
      const look = await Promise.race([looking, stopped.then(() => undefined)]);
      if (look === undefined) break;
      tell(look);
      looks += 1;
      const left = INTERVAL_MS - (performance.now() - startedAt);
      const pause = looks < count ? Math.max(0, left) : 0;
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => {});
    }
    return stop.exitCode;
  } finally {
    stop.release();
  }
}
