import type { Script } from './script.js';

// biome-ignore lint/suspicious/noExplicitAny: whose keys and arguments these are, only it knows
type AnyScript<Reply> = Script<any, any, Reply>;

/** A script that is to run in the same round trip as another one, if that one goes well. */
export interface Companion<Reply = unknown> {
  readonly script: AnyScript<Reply>;
  /** It is sent now, with what this gives. */
  send(): Readonly<Record<string, string | number>>;
  /** It ran, and answered in time. */
  answered(reply: Reply): void;
  /** Its answer came too late, or whether it ran is not known: takes back what it did. */
  undo(): void;
}
