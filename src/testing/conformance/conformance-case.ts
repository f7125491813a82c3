import { AssertionError } from 'node:assert/strict';
import type { Scene } from './scene.js';

/** One promise, as a test that any test runner can run. */
export interface ConformanceCase {
  /** What is promised, in plain words. */
  readonly name: string;
  /**
   * Resolves when the promise is kept. Takes `timeoutSeconds` of the suite at most, and at most as much
   * again to clean up.
   *
   * @throws AssertionError (of `node:assert`) that says what is wrong
   * @throws whatever the tested object throws where it should not
   */
  readonly run: () => Promise<void>;
}

/** How a suite runs. */
export interface ConformanceOptions {
  /** How long one case may take, in seconds, before it fails. Default: 10. Most take milliseconds. */
  readonly timeoutSeconds?: number | undefined;
}

/** The cases of a suite by their names; each plays on a scene of its own. */
export type CaseBodies<S extends Scene> = Readonly<Record<string, (scene: S) => Promise<void>>>;

/** Makes a list of cases. */
export function conformanceCases<S extends Scene>(
  bodies: CaseBodies<S>,
  newScene: () => S,
  { timeoutSeconds = 10 }: ConformanceOptions,
): ConformanceCase[] {
  return Object.entries(bodies).map(([name, body]) => ({
    name,
    async run() {
      const scene = newScene();
      try {
        await within(timeoutSeconds, body(scene));
      } finally {
        // What hangs here hung before, and was told; what fails here is cleaned up by its expiry.
        await within(timeoutSeconds, scene.end()).catch(() => undefined);
      }
    },
  }));
}

async function within<T>(seconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const fail = () =>
      reject(new AssertionError({ message: `This did not end within ${seconds} s.` }));
    timer = setTimeout(fail, seconds * 1000);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}
