import { Document, Scalar } from "yaml";
import * as z from "zod";
import { botSchema } from "../../components/settings/bot/schema.ts";
import { entryOf } from "../../components/settings/entry.ts";
import { schema } from "../../components/settings/schema.ts";
import { betweenMarkers, rewrite } from "./written-docs.ts";

/** The command that writes what this file generates. It is named in each of these places. */
const command = "node test/checks/settings-docs.ts";

const start = `<!-- The table is written from the schema by: ${command} -->`;

/**
 * The files that repeat what the settings' schemas say, as they must be.
 *
 * @returns their contents, by path
 */
export async function settingsDocs(): Promise<Map<string, string>> {
  const files = await Promise.all([
    rewrite("Pulumi.yaml", (text) => text.slice(0, text.indexOf("\nconfig:")) + "\n" + pulumiConfig()),
    rewrite("docs/settings.md", (text) => betweenMarkers(text, start, table("name", schema.shape, ""))),
    rewrite("docs/bot-settings.md", (text) =>
      betweenMarkers(text, start, table("part", botSchema.shape, "bot.")),
    ),
  ]);
  return new Map(files);
}

/** Pulumi checks the types of booleans and numbers itself. A list may be a string as well, and so has no type here. */
function pulumiConfig(): string {
  const all = Object.entries(schema.shape).map(([name, setting]) => ({
    name,
    setting,
    entry: entryOf(setting),
  }));
  const secrets = all.filter(({ entry }) => entry.secret).map(({ name }) => name);
  // In a project's file, Pulumi accepts no default for a setting of another namespace.
  const foreign = all.filter(({ name, entry }) => !entry.secret && name.includes(":"));
  const config = all
    .filter(({ name, entry }) => !entry.secret && !name.includes(":"))
    .map(({ name, setting, entry }): [string, object] => {
      const value = defaultOf(setting);
      const type = typeof value === "boolean" ? "boolean" : typeof value === "number" ? "integer" : undefined;
      return [
        name,
        {
          description: scalar(entry.description, Scalar.BLOCK_FOLDED),
          ...(type && { type }),
          // Quoted, or another parser of YAML might take a time of day for a number.
          default: scalar(typeof value === "object" ? "" : value, Scalar.QUOTE_DOUBLE),
        },
      ];
    });
  const document = new Document({ config: Object.fromEntries(config) });
  const comment = [
    `Written from components/settings/schema.ts by: ${command}`,
    `These settings are secrets, and so they have no default: ${secrets.join(", ")}.`,
    "Set each with `pulumi config set --secret NAME`, at a prompt that doesn't show it.",
    `docs/settings.md also describes: ${foreign.map(({ name }) => name).join(", ")}.`,
  ];
  return document
    .toString({ lineWidth: 110 })
    .replace("config:\n", `config:\n${comment.map((line) => `  # ${line}\n`).join("")}`);
}

function scalar(value: string | number | boolean, type: Scalar.Type): Scalar {
  const node = new Scalar(value);
  node.type = type;
  return node;
}

function table(title: string, settings: Record<string, z.ZodType>, prefix: string): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const { description, secret } = entryOf(setting);
    const linked = description.replaceAll(/docs\/([\w-]+\.md)/g, "[docs/$1]($1)");
    return `| \`${prefix}${name}\` | ${defaultText(setting)} | ${secret ? "Secret. " : ""}${linked} |`;
  });
  return [`| ${title} | default | what it is |`, "| --- | --- | --- |", ...rows].join("\n");
}

function defaultText(setting: z.ZodType): string {
  const { required, defaultText: text } = entryOf(setting);
  const value = defaultOf(setting);
  if (required) {
    return "must be set";
  }
  return text ?? (typeof value === "object" || value === "" ? "none" : `\`${String(value)}\``);
}

function defaultOf(setting: z.ZodType): string | number | boolean | object {
  return z
    .union([z.string(), z.number(), z.boolean(), z.looseObject({}), z.array(z.unknown())])
    .parse(setting.parse(undefined) ?? "");
}
