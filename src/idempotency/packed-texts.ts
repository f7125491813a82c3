/**
 * Several texts as one, each behind its length in bytes. Scripts pack in the same way what they can't
 * return as a list.
 */
export function pack(texts: readonly string[]): string {
  return texts.map((text) => `${Buffer.byteLength(text)}:${text}`).join('');
}

/** The texts that {@link pack}, or a script, made one of. */
export function unpack(packed: string): string[] {
  const bytes = Buffer.from(packed);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = bytes.indexOf(':', at) + 1;
    const end = start + Number(bytes.toString('latin1', at, start - 1));
    // One that is cut off or no packed text at all: better too little than a loop without end.
    if (start === 0 || !(end >= start)) break;
    texts.push(bytes.toString('utf8', start, end));
    at = end;
  }
  return texts;
}
