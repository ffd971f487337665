import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * The guard and the rules that it shares with this program, as one file for Debian's Node, which can't strip types.
 * It isn't minified, so people can read it on the server. The same sources must give the same text on every computer:
 * otherwise each computer's `pulumi up` would install it again.
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
    // A tsconfig.json that the user has edited must not change the text.
    tsconfigRaw: {},
    write: false,
    logLevel: "silent",
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) {
    throw new Error("esbuild made no output file from server/guard/main.ts.");
  }
  return bundle.text;
}
