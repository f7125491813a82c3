import type { RedisRunner } from '../../redis/redis-runner.js';
import type { QueueCommands } from './queue-commands.js';

/** What the commands of a waiting room's queues share. */
export interface QueueWiring {
  readonly runner: RedisRunner;
  readonly namespace: string;
  /** Gets who was handed something, and its token, when the reply to a release tells. */
  readonly onHandedOn?: (id: string, token: number) => void;
}

/**
 * Something that is granted in turn. The waiting room learns of a kind when it is first used, so that
 * who only locks loads no semaphores.
 */
export interface QueueKind<Subject, Commands extends QueueCommands> {
  commands(wiring: QueueWiring, subject: Subject): Commands;
  /** Whose address it is; `undefined` when it is one of another kind. */
  subjectAt(address: string): Subject | undefined;
}
