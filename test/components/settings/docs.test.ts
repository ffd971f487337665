import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import { schema } from "../../../components/settings/schema.ts";
import { settingsDocs } from "../../support/settings-docs.ts";

test("Pulumi.yaml and docs/ say what the schema says. If this fails: node test/checks/settings-docs.ts", async () => {
  for (const [path, expected] of await settingsDocs()) {
    expect({ path, content: readFileSync(path, "utf8") }).toEqual({ path, content: expected });
  }
});

test("Pulumi.yaml's defaults are the schema's, as Pulumi gives them to the program", () => {
  const { config } = z
    .object({ config: z.record(z.string(), z.object({ default: z.unknown() })) })
    .parse(parse(readFileSync("Pulumi.yaml", "utf8")));
  const defaults = Object.entries(config).map(([name, entry]) => [name, String(entry.default)]);
  expect(schema.parse(Object.fromEntries(defaults))).toEqual(schema.parse({}));
});
