/** Leaves out what is `undefined`, so that it does not hide what would apply without it. */
export function definedOnly<Options extends object>(options: Options): Partial<Options> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<Options>;
}

/** The base with what the options give: an option that is `undefined` overrides nothing. */
export function override<Base extends object>(base: Base, options: Partial<Base> = {}): Base {
  return { ...base, ...definedOnly(options) };
}
