/** How many slots the keys of a cluster are spread over. */
export const SLOTS = 16_384;

/** Whether a key or a channel has a hash tag: then it belongs to what has the same tag. */
export function hasTag(key: string): boolean {
  return tagOf(key) !== key;
}

/** The slot of a key, or of a shard channel, in a Redis Cluster. */
export function slotOf(key: string): number {
  return crc16(Buffer.from(tagOf(key))) % SLOTS;
}

function tagOf(key: string): string {
  return /^[^{]*\{([^}]+)\}/.exec(key)?.[1] ?? key;
}

/** CRC-16/XMODEM, as the specification of Redis Cluster says. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    crc &= 0xffff;
  }
  return crc;
}
