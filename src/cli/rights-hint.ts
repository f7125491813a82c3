/** A message; when it tells that a right is missing, with where to read which ones are needed. */
export function withRightsHint(message: string): string {
  if (!/NOPERM/.test(message)) return message;
  return `${message.replace(/\.$/, '')}. What rights are needed stands in docs/cli.md.`;
}
