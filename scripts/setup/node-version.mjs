import { SetupError } from './setup-error.mjs';

/** An older Node fails later, with messages that don't tell why. */
export function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const minimum = { 20: 19, 22: 12 }[major] ?? (major > 22 ? 0 : Infinity);
  if (minor >= minimum) return;
  throw new SetupError(`Node ${process.version} won't do: it takes ^20.19.0 or >=22.12.0.`);
}
