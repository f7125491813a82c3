import { type Evidence, oversold } from './audit.js';
import type { Answer } from './deliveries.js';
import type { Outcome } from './run.js';

const MOST_PROBLEMS = 20;

/** The figures of a run, a line each. */
export function tableOf({ evidence, tally, seconds, redelivered, killed }: Outcome): string {
  const answered = evidence.answers.filter(Boolean).length;
  const rows: [label: string, figure: string][] = [
    ['delivered', count(answered)],
    ['  orders placed', count(new Set(evidence.ledger.map(({ key }) => key)).size)],
    ['executed', count(tally.executed)],
    ['replayed', count(tally.replayed)],
    ['waited for another', count(tally.waited)],
    ['declined and retried', count(declinedAndRetried(evidence))],
    ['refused (key reused)', count(tally.refused)],
    ['out of stock', count(answersOf('out-of-stock', evidence))],
    ['oversold items', count(oversold(evidence))],
    ['workers killed', count(killed)],
    ['  not acknowledged, sent again', count(redelivered)],
    ['  taken over from the dead', count(tally.takenOver)],
    ['time', `${seconds.toFixed(1)} s`],
    ['deliveries a second', count(Math.round(answered / seconds))],
    ['Redis commands a delivery', (tally.commands / Math.max(answered, 1)).toFixed(2)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  const figures = Math.max(...rows.map(([, figure]) => figure.length));
  return rows
    .map(([label, figure]) => label.padEnd(width, ' ') + figure.padStart(figures))
    .join('\n');
}

/** Whether the books hold, and what is wrong when they don't. */
export function verdictOf({ problems, evidence }: Outcome): string {
  if (problems.length === 0) {
    const { length } = evidence.ledger;
    return `The books are right: ${count(length)} orders, each placed once and paid once, and the stock adds up.`;
  }
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => `  - ${problem}`);
  const more = problems.length - shown.length;
  return [
    `THE BOOKS ARE WRONG (${problems.length}):`,
    ...shown,
    ...(more > 0 ? [`  ... and ${more} more`] : []),
  ].join('\n');
}

/** Orders that were declined, and accepted when they came again. */
function declinedAndRetried({ deliveries, answers }: Evidence): number {
  const keysOf = (outcome: Answer['outcome']) =>
    new Set(
      deliveries
        .filter((_, i) => answers[i]?.outcome === outcome)
        .map(({ idempotencyKey }) => idempotencyKey),
    );
  const accepted = keysOf('accepted');
  return [...keysOf('declined')].filter((key) => accepted.has(key)).length;
}

function answersOf(outcome: Answer['outcome'], { answers }: Evidence): number {
  return answers.filter((answer) => answer?.outcome === outcome).length;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
