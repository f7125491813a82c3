import { printable } from '../../errors/printable.js';
import type { Paint } from '../output/paint.js';
import { duration } from '../output/units.js';
import { viewTables } from './view-tables.js';
import type { Snapshot } from './watcher.js';

/** What the screen shows. */
export interface View {
  /** What is watched: the URL without its password, and the namespace. */
  readonly title: string;
  /** The last look that went well. */
  readonly snapshot: Snapshot | undefined;
  /** Why there is no newer one. */
  readonly problem: string | undefined;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The lines of the whole screen: never more than fit, and the last tells how to leave. */
export function screenLines(view: View, { columns, rows }: Size, paint: Paint): string[] {
  const lines = viewLines(view, { columns, rows: rows - 1 }, paint);
  return [...lines.slice(0, Math.max(0, rows - 1)), paint('dim', 'q quits')];
}

/** What is known, in tables that are cut to the size. */
export function viewLines(
  { snapshot, problem, title }: View,
  { columns, rows }: Size,
  paint: Paint,
): string[] {
  const clock = snapshot ? `${snapshot.at.slice(11, 19)} UTC` : '';
  const room = columns - 'qx-cache   '.length - clock.length;
  const header = [
    `${paint('bold', 'qx-cache')} ${cut(title, room)} ${paint('dim', clock)}`,
    ...(snapshot
      ? [...summary(snapshot, columns, paint), freshness(snapshot, paint)]
      : ['looking…']),
    ...(problem === undefined ? [] : [paint('red', cut(problem, columns))]),
  ];
  if (snapshot === undefined) return header;
  return [
    ...header,
    '',
    ...viewTables(snapshot, { columns, rows: rows - header.length - 1 }, paint),
  ];
}

function cut(text: string, width: number): string {
  return printable(text).slice(0, Math.max(0, width)).toWellFormed();
}

function summary({ claims, locks, rates, hasMore }: Snapshot, columns: number, paint: Paint) {
  const abandoned = claims.filter(({ state }) => state === 'abandoned').length;
  const held = locks.filter(({ holders }) => holders.length > 0).length;
  const waiting = locks.reduce((sum, { queue }) => sum + queue.length, 0);
  const number = (value: number | string) => paint('bold', String(value));
  const more = hasMore ? ' or more' : '';
  const gone = abandoned > 0 ? paint('red', ` (${abandoned} abandoned)`) : '';
  const now = [
    `claims ${number(claims.length)}${more}${gone}`,
    `locks held ${number(held)}${more}`,
    `waiting ${number(waiting)}`,
  ];
  const perSecond = [
    `replays/s ${number(rates ? `≤ ${rates.replaysPerSecondAtMost}` : '–')}`,
    `scripts/s ${number(rates?.scriptsPerSecond ?? '–')}`,
  ];
  const lines = columns < 100 ? [now, perSecond] : [[...now, ...perSecond]];
  return lines.map((parts) => parts.join('   '));
}

function freshness({ roundSeconds }: Snapshot, paint: Paint): string {
  if (roundSeconds === undefined) return paint('yellow', 'still going through the keys');
  return paint('dim', `what is new shows within ${duration(Math.max(1, roundSeconds))}`);
}
