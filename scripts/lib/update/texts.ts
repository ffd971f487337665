import { printable } from "../../../binance/text.ts";
import type { ChangelogEntry } from "./changelog.ts";
import type { Source } from "./source.ts";

/** What a person reads before the new version is installed. */
export function newVersionText(
  { current, next }: Pick<Source, "current" | "next">,
  entries: ChangelogEntry[],
): string {
  const lines = entries.flatMap(({ version, onServer }) => [
    "",
    `What version ${version} changes on your server, with the next \`pulumi up\`:`,
    "",
    onServer === "" ? "Nothing." : plainText(printable(onServer)),
  ]);
  const head =
    entries.length === 0
      ? `There are changes to version ${current}.`
      : `You have version ${current}. The newest is ${next.version}.`;
  return `${[head, ...lines].join("\n")}\n\nNothing else happens to your server. CHANGELOG.md says what is new for you.\n`;
}

/** Markdown's links and bold text mean nothing in a terminal. */
function plainText(markdown: string): string {
  return markdown.replaceAll("**", "").replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, "$1 ($2)");
}
