// Writes what Pulumi.yaml and docs/ say about the settings, from their schemas in components/settings/.
import { writeFile } from "node:fs/promises";
import { settingsDocs } from "../support/settings-docs.ts";

for (const [path, content] of await settingsDocs()) {
  await writeFile(path, content);
}
