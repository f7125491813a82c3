import type { Command } from 'commander';
import { isCacheConnectionError } from '../../errors/index.js';
import { printable } from '../../errors/printable.js';
import { redact } from '../../settings/redact.js';
import type { Cli } from '../cli.js';
import { exitCodes } from '../cli-error.js';
import type { Style } from '../output/paint.js';
import type { Reporter } from '../output/reporter.js';
import { count } from '../output/units.js';
import { type GlobalOptions, settingsFor, withSession } from '../session.js';
import { withHint } from '../with-hint.js';
import { examine } from './examine.js';
import { type Finding, type Level, ok, problem } from './finding.js';

/** `doctor`: whether this Redis is as it should be. */
export function addDoctor(parent: Command, cli: Cli): void {
  parent
    .command('doctor')
    .description('find out whether Redis is set up well; writes a few keys and removes them')
    .action(
      cli.local<GlobalOptions>(async (reporter, options) => {
        const settings = settingsFor(options);
        const { streams } = cli;
        const startedAt = performance.now();
        try {
          const findings = await withSession(settings, { reporter, streams }, async (session) => {
            const tookMs = Math.round(performance.now() - startedAt);
            const found = `${redact(settings.url)}, namespace ${settings.namespace}, in ${tookMs} ms`;
            return [ok('connection', found), ...(await examine(session))];
          });
          report(reporter, findings);
          return findings.some(({ level }) => level === 'problem') ? exitCodes.no : exitCodes.ok;
        } catch (error) {
          if (!isCacheConnectionError(error)) throw error;
          const [found, advice] = inTwo(withHint(error.message));
          report(reporter, [problem('connection', found, advice)]);
          return exitCodes.unavailable;
        }
      }),
    );
}

const styles: Readonly<Record<Level, Style>> = {
  ok: 'green',
  unknown: 'dim',
  warning: 'yellow',
  problem: 'red',
};

function report(reporter: Reporter, findings: readonly Finding[]): void {
  const number = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [number('problem'), number('warning')];
  reporter.result({ ok: problems === 0, problems, warnings, findings }, () => [
    ...findings.flatMap(({ level, check, found, advice }) => [
      `${reporter.paint(styles[level], level.padEnd(9))}${check.padEnd(14)}${printable(found)}`,
      ...(advice === undefined ? [] : [`${' '.repeat(23)}→ ${printable(advice)}`]),
    ]),
    '',
    `${count(problems, 'problem')}, ${count(warnings, 'warning')}`,
  ]);
}

/** The message of a connection error: what was found, and what to do. */
function inTwo(message: string): [found: string, advice: string] {
  const end = message.indexOf('. ') + 1;
  return end === 0
    ? [message, 'Look at the server.']
    : [message.slice(0, end), message.slice(end + 1)];
}
