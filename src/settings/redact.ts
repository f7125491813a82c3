/**
 * Replaces the user-info part of every URL in a text, up to the last `@`: a password with `/`, `#`
 * or `@` in it belongs percent-encoded, but is a secret when it is not. Works on text and not on a
 * parsed URL, so that a malformed URL, which is what errors quote, keeps its secret too.
 */
export function redact(text: string): string {
  return text
    .replace(/([a-z+]*:?\/\/).*@|[^\s"]+@/gis, (_match, scheme = '') => `${scheme}***@`)
    .replace(/(password=)[^&\s]*/gi, '$1***');
}
