import type { Cell, TableColumn } from '../output/table.js';
import { duration } from '../output/units.js';
import type { LockView } from './lock-view.js';

export const lockColumns: readonly TableColumn[] = [
  { title: 'NAME' },
  { title: 'KIND' },
  { title: 'HOLDER' },
  { title: 'HELD', alignRight: true },
  { title: 'LEASE', alignRight: true },
  { title: 'WAITING', alignRight: true },
  { title: 'LONGEST', alignRight: true },
];

/** One lock, with the first of its holders and the number of the others. */
export function lockRow({ kind, name, holders, queue }: LockView): Cell[] {
  const [holder] = holders;
  const others = holders.length > 1 ? ` +${holders.length - 1}` : '';
  const longest = Math.max(...queue.map(({ ageSeconds }) => ageSeconds));
  return [
    name,
    holder?.mode ? `${holder.mode} lock` : kind,
    holder && `${holder.owner}${others}`,
    holder?.heldSeconds === undefined ? undefined : duration(holder.heldSeconds),
    holder && duration(holder.expiresInSeconds),
    queue.length === 0 ? 0 : { text: String(queue.length), style: 'yellow' },
    queue.length === 0 ? undefined : duration(longest),
  ];
}
