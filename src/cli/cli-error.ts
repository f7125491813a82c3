/** How a process ends: for scripts. */
export const exitCodes = {
  /** Done, or healthy. */
  ok: 0,
  /** The answer is no: nothing found, nothing held, declined, or the doctor found a problem. */
  no: 1,
  /** Wrong usage, wrong settings, or a confirmation that could not be asked for. */
  usage: 2,
  /** Redis could not be reached, or did not answer or refused the command. */
  unavailable: 3,
  /** What is stored can't be read. */
  unreadable: 4,
  /** A bug. */
  internal: 70,
} as const;

/** Ends the command, as wrong usage, with a message for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
