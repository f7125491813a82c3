/**
 * Replaces the user-info part of every URL in a text. Works on text and not on a parsed URL, so
 * that a malformed URL, which is what errors quote, keeps its secret too.
 */
export function redact(text: string): string {
  return text.replace(/(\/\/)[^/?#]*@/g, '$1***@').replace(/(password=)[^&\s]*/gi, '$1***');
}
