/** No more than `maxCommandsInFlight` has to allow; a round trip a hundred commands costs little. */
const PART = 100;

/**
 * Sends a command for each item, in the order of the items, some at a time: a single call of a user
 * should not fill Redis' input, nor meet the bound on commands in flight alone.
 */
export async function inParts<Item, Reply>(
  items: readonly Item[],
  send: (item: Item) => Promise<Reply>,
): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let from = 0; from < items.length; from += PART) {
    replies.push(...(await Promise.all(items.slice(from, from + PART).map(send))));
  }
  return replies;
}
