/**
 * Replaces the user-info part of every URL in a text, up to the last `@`: a password with `/`, `#`
 * or `@` in it belongs percent-encoded, but is a secret when it is not. Works on text and not on a
 * parsed URL, so that a malformed URL, which is what errors quote, keeps its secret too. A server that
 * does not know a command quotes its arguments, the password of AUTH or a value among them: they go, too.
 *
 * Takes time in proportion to the text, whatever stands in it.
 */
export function redact(text: string): string {
  const end = text.lastIndexOf('@') + 1;
  return (withoutUserInfo(text.slice(0, end)) + text.slice(end))
    .replace(/(password=)[^&\s]*/gi, '$1***')
    .replace(/(with args beginning with:).*/is, '$1 ***');
}

/** @param text ends with an `@`, or is empty */
function withoutUserInfo(text: string): string {
  // What a match starts with is looked for at the start of a word alone: else each letter is a try.
  return text.replace(
    /(?<![a-z+])([a-z+]*:?\/\/).*@|(?<![^\s"])[^\s"]+@/gis,
    (_match, scheme = '') => `${scheme}***@`,
  );
}
