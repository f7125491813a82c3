import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { redact } from '../../settings/redact.js';
import type { Cli } from '../cli.js';
import { countOption, durationOption } from '../options.js';
import { jsonText } from '../output/json.js';
import type { Session } from '../session.js';
import { Screen } from './screen.js';
import { type Stop, untilStopped } from './until-stopped.js';
import { screenLines, type View, viewLines } from './view.js';
import { type Snapshot, Watcher } from './watcher.js';

interface WatchOptions {
  readonly every: number;
  readonly keys: number;
  readonly count?: number;
}

/** What is told of one look: what was seen, or why nothing was. */
type Look = { readonly snapshot: Snapshot } | { readonly problem: string };

/** The size of what goes into a file or a pipe. */
const paper = { columns: 120, rows: Number.POSITIVE_INFINITY };

/** `watch`: what goes on, each second anew: over all of a terminal, one below the other, or as JSON. */
export function addWatch(parent: Command, cli: Cli): void {
  parent
    .command('watch')
    .description('watch claims in progress, locks and queues, each second anew')
    .option('--every <time>', 'look this often: 0.5, 10s, 1m', durationOption, 1)
    .option('--keys <count>', 'look for new ones in so many keys each time', countOption, 10_000)
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
        if (streams.stdin.isTTY && streams.stdout.isTTY) return showOnScreen(session, options);
        const title = titleOf(session);
        return follow(session, options, (look) => {
          if ('problem' in look) return reporter.note(look.problem);
          const view = { title, snapshot: look.snapshot, problem: undefined };
          reporter.print(...viewLines(view, paper, reporter.paint), '');
        });
      }),
    );
}

function titleOf({ settings }: Session): string {
  return `${redact(settings.url)} namespace ${settings.namespace}`;
}

async function showOnScreen(session: Session, options: WatchOptions): Promise<number> {
  const { reporter, streams } = session;
  const title = titleOf(session);
  let view: View = { title, snapshot: undefined, problem: undefined };
  const stop = untilStopped();
  const draw = () => screen.draw(screenLines(view, screen.size, reporter.paint));
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

/** Looks again and again until it is told to stop. Redis may go and come back meanwhile. */
async function follow(
  session: Session,
  { every, keys, count = Number.POSITIVE_INFINITY }: WatchOptions,
  tell: (look: Look) => void,
  stop: Stop = untilStopped(),
): Promise<number> {
  const watcher = new Watcher(session, keys);
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
      const left = every * 1000 - (performance.now() - startedAt);
      const pause = looks < count ? Math.max(0, left) : 0;
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => {});
    }
    return stop.exitCode;
  } finally {
    stop.release();
  }
}
