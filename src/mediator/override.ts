/** The base with what the options give: an option that is `undefined` overrides nothing. */
export function override<Base extends object>(base: Base, options: Partial<Base> = {}): Base {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(given) };
}
