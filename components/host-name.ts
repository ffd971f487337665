/** The server's name for a stack: a valid host name (RFC 1123), of 63 characters at the most. */
export function hostName(stack: string): string {
  const label = stack.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-");
  return `trading-bot-${label}`.slice(0, 63).replace(/-+$/, "");
}
