/**
 * `isMeant(token)`: whether a forced release is to take what was granted with that token. Needs the
 * argument `tokens`, see `tokensArgument`.
 */
export const isMeantLua = /* lua */ `
local function isMeant(token)
  return tokens == '' or string.find(tokens, ',' .. token .. ',', 1, true) ~= nil
end
`;

/** The argument `tokens`; none stand for whoever holds it. */
export function tokensArgument(tokens: readonly number[]): string {
  return tokens.length === 0 ? '' : `,${tokens.join(',')},`;
}
