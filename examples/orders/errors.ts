/** The command line, or the file that it names, is wrong; the message says what is. */
export class UsageError extends Error {}

/** The run could not go on: a delivery that nobody acknowledged, a process that did not start. */
export class RunFailed extends Error {}
