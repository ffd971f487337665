/** A part of the kit, or why it couldn't be read. */
export interface KitPart {
  /** As in "BEGIN STATE". */
  name: string;
  /** What it is, and how it is used. */
  purpose: string;
  content: string | { missing: string };
}

/** What the kit says about itself. */
export interface KitHead {
  stack: string;
  made: Date;
  version: string;
}

/**
 * The kit as text: an explanation for a person who has nothing else, and the parts between lines that `sed` finds. What
 * stands before it, such as npm's own first lines, does no harm.
 */
export function kitText({ stack, made, version }: KitHead, parts: readonly KitPart[]): string {
  const missing = parts.flatMap(({ name, content }) =>
    typeof content === "string" ? [] : [`  ${name}: ${content.missing}`],
  );
  return [
    `RECOVERY KIT of the stack ${stack} of trading-bot-server ${version}, made on ${made.toISOString()}`,
    "",
    "What it is for: with this file and the passphrase of the stack's secrets, any computer can go on with the running server.",
    "Without it, a lost computer costs you the server's disk: the address would stay, but the server would be ordered again.",
    "",
    "How to keep it: offline, such as on a USB stick in a drawer, apart from the computer that you work on, and apart from the",
    "passphrase. The passphrase isn't in it. With both, a person has your keys for Hetzner, Binance and the server. Make another",
    "kit after each change of settings or SSH keys, after a replaced server, and delete the old one.",
    "",
    'How to use it: docs/recovery.md, "The recovery kit".',
    "",
    ...(missing.length === 0
      ? ["It is complete."]
      : ["IT IS NOT COMPLETE. These parts could not be read:", ...missing]),
    ...parts.flatMap(({ name, purpose, content }) =>
      typeof content === "string"
        ? ["", purpose, `-----BEGIN ${name}-----`, content.trimEnd(), `-----END ${name}-----`]
        : [],
    ),
    "",
  ].join("\n");
}
