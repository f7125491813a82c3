/** What the work returns: as a plain value as most results are, about 100 bytes. */
export const ORDER = {
  id: '5a0b6f04-55a1-4bb8-8d0e-1f5f0f2d1e1c',
  sku: 'tea',
  quantity: 2,
  total: 1798,
  currency: 'EUR',
};

export const work = () => Promise.resolve(ORDER);
