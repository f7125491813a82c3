/**
 * A text in which nothing ends the line, moves the cursor, is invisible or turns the direction of what
 * follows: such characters stand as escapes. Names and keys of users go into messages, and messages into
 * logs, where a line break or an ANSI sequence would forge what somebody reads.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
