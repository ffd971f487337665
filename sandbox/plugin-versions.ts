import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

/** The SDKs whose plugins the toolchain has. An SDK requests a plugin of exactly its own version. */
const sdks = ["@pulumi/hcloud", "@pulumi/command"] as const;

const own = z.object({ devDependencies: z.record(z.string(), z.string()) });
const installed = z.object({ version: z.string() });

/** A sentence for each SDK of the project that will not find its plugin in the sandbox. */
export async function missingPlugins(project: string): Promise<string[]> {
  const { devDependencies } = own.parse(await readJson(join(import.meta.dirname, "package.json")));
  const sentences = await Promise.all(
    sdks.map(async (sdk) => {
      const file = join(project, "node_modules", sdk, "package.json");
      const { data } = installed.safeParse(await readJson(file).catch(() => undefined));
      const version = devDependencies[sdk] ?? "";
      return data === undefined || data.version === version
        ? []
        : [
            `The project has ${sdk} ${data.version}, and the sandbox has the plugin of ${version}. Use that version.`,
          ];
    }),
  );
  return sentences.flat();
}

async function readJson(file: string): Promise<unknown> {
  const parsed: unknown = JSON.parse(await readFile(file, "utf8"));
  return parsed;
}
