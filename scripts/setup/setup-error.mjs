/** Something the person at the keyboard can mend: shown as a message, without a stack. */
export class SetupError extends Error {}
