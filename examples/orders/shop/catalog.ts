export interface Item {
  readonly sku: string;
  readonly priceCents: number;
  /** How many there are when the shop opens. */
  readonly stock: number;
}

/** Four items that many want and that sell out, and others that don't. */
export const catalog: readonly Item[] = [
  { sku: 'copper-kettle', priceCents: 8_900, stock: 12 },
  { sku: 'cast-iron-pan', priceCents: 5_450, stock: 20 },
  { sku: 'tea-for-two', priceCents: 3_200, stock: 30 },
  { sku: 'salt-cellar', priceCents: 1_275, stock: 25 },
  { sku: 'bread-knife', priceCents: 2_990, stock: 500 },
  { sku: 'cutting-board', priceCents: 3_650, stock: 500 },
  { sku: 'dish-towel', priceCents: 890, stock: 500 },
  { sku: 'egg-timer', priceCents: 1_450, stock: 500 },
  { sku: 'flour-sieve', priceCents: 1_990, stock: 500 },
  { sku: 'garlic-press', priceCents: 1_780, stock: 500 },
  { sku: 'jam-jar', priceCents: 325, stock: 500 },
  { sku: 'lemon-squeezer', priceCents: 1_150, stock: 500 },
  { sku: 'measuring-jug', priceCents: 1_690, stock: 500 },
  { sku: 'mixing-bowl', priceCents: 2_490, stock: 500 },
  { sku: 'nutmeg-grater', priceCents: 990, stock: 500 },
  { sku: 'oven-glove', priceCents: 1_390, stock: 500 },
  { sku: 'pepper-mill', priceCents: 4_200, stock: 500 },
  { sku: 'pie-dish', priceCents: 2_150, stock: 500 },
  { sku: 'rolling-pin', priceCents: 1_890, stock: 500 },
  { sku: 'soup-ladle', priceCents: 1_240, stock: 500 },
];

/** @throws when the shop does not have it */
export function priceOf(sku: string): number {
  const item = catalog.find((candidate) => candidate.sku === sku);
  if (!item) throw new Error(`There is no "${sku}" in the catalog`);
  return item.priceCents;
}
