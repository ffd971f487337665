import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * The guard with the rules that it shares with this program, as one file for Debian's Node, which strips no types.
 * It isn't minified, so that whoever looks at it on the server can read it. The same sources give the same text on
 * every computer: else each would deliver it anew. It is made while the program goes on.
 */
export async function guardBundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["server/guard/main.ts"],
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    charset: "utf8",
    legalComments: "none",
    // A setting of the user's own editor must not change the text.
    tsconfigRaw: {},
    write: false,
    logLevel: "silent",
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) {
    throw new Error("esbuild has made no file of server/guard/main.ts.");
  }
  return bundle.text;
}
