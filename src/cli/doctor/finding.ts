import type { Redis } from 'ioredis';
import type { Session } from '../session.js';

export type Level = 'ok' | 'unknown' | 'warning' | 'problem';

/** One thing that the doctor looked at. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  /** What is so. */
  readonly found: string;
  /** What to do about it; absent when all is well. */
  readonly advice?: string;
}

/** A server, and what it told about itself. */
export interface Server {
  readonly node: Redis;
  readonly address: string;
  /** The fields of INFO. */
  readonly info: ReadonlyMap<string, string>;
  /** Directives by name; `undefined` without the right to CONFIG GET. */
  readonly config: ReadonlyMap<string, string> | undefined;
}

/** Looks at one side of a server. */
export type ServerCheck = (server: Server) => readonly Finding[];

/** Looks at one side of the whole. */
export type SessionCheck = (
  session: Session,
  servers: readonly Server[],
) => Promise<readonly Finding[]>;

export function ok(check: string, found: string): Finding {
  return { check, level: 'ok', found };
}

export function unknown(check: string, found: string, advice: string): Finding {
  return { check, level: 'unknown', found, advice };
}

export function warning(check: string, found: string, advice: string): Finding {
  return { check, level: 'warning', found, advice };
}

export function problem(check: string, found: string, advice: string): Finding {
  return { check, level: 'problem', found, advice };
}
