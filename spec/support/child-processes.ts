import type { ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();

/** A child that outlives a failed run would hold its port, its locks and a core. */
export function killWithParent(child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
}

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

// By default these end a process without 'exit' handlers.
for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 })) {
  process.once(signal, () => process.exit(128 + number));
}
