const hints: readonly (readonly [RegExp, string])[] = [
  [/NOPERM/, 'What rights are needed stands in docs/cli.md.'],
  [
    /\bMOVED\b/,
    'The server is one node of a Redis Cluster: give the URL as redis+cluster://host:port.',
  ],
];

/** A message that holds words of Redis, and what to do about them. */
export function withHint(message: string): string {
  const [, hint] = hints.find(([words]) => words.test(message)) ?? [];
  return hint === undefined ? message : `${message.replace(/\.$/, '')}. ${hint}`;
}
