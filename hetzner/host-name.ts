/** The name of a stack's server: a valid host name (RFC 1123) of at most 63 characters. */
export function hostName(stack: string): string {
  const label = stack.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-");
  return `trading-bot-${label}`.slice(0, 63).replace(/-+$/, "");
}
