import { markdownTable } from 'markdown-table';
import type { Measure, Table, Target } from '../contest/measure.js';
import type { Result } from './results.js';

/** What a measure found, in Markdown: for the console, and for the page. */
export function sectionOf(measure: Measure, { findings }: Result): string {
  const { tables, targets, remarks, rounds } = findings;
  const blocks = [
    `## ${measure.title}`,
    `\`${measure.name}\`, ${rounds} rounds. ${measure.about}`,
    ...tables.flatMap((table) => [`**${table.caption}**`, tableOf(table)]),
    targetsOf(targets),
    remarks.map((remark) => `- ${remark}`).join('\n'),
  ];
  return blocks.filter(Boolean).join('\n\n');
}

function tableOf({ head, rows }: Table): string {
  return markdownTable([head, ...rows], { align: ['l', ...head.slice(1).map(() => 'r')] });
}

function targetsOf(targets: readonly Target[]): string {
  if (targets.length === 0) return '';
  const rows = targets.map(({ what, wanted, got, isMet }) => [
    what,
    wanted,
    got,
    isMet ? 'yes' : '**no**',
  ]);
  const head = ['target', 'wanted', 'got', 'met'];
  return markdownTable([head, ...rows], { align: ['l', 'r', 'r', 'c'] });
}
