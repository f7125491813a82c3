/** The bytes of a stream; `undefined` when there are more than allowed. It is then not read further. */
export async function readAtMost(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  const reader = stream?.getReader();
  let size = 0;
  for (;;) {
    const chunk = (await reader?.read())?.value;
    if (!chunk) return Buffer.concat(chunks);
    size += chunk.length;
    if (size > maxBytes) break;
    chunks.push(chunk);
  }
  // Not waited for: that of a clone ends with its original.
  void reader?.cancel().catch(() => {});
  return undefined;
}
