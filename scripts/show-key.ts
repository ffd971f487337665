import { createInterface } from "node:readline/promises";
import { readArguments } from "./lib/command/arguments.ts";
import { runMain, UserError } from "./lib/command/user-error.ts";
import { parseShownPair } from "./lib/report/shown-pair.ts";
import { runRemotely } from "./lib/ssh/command.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

const help = `Usage: npm run show-key -- [--stack NAME]

Shows the key pair that is live on the server, on your screen, for a bot that asks for it in a dialogue of its
own. Asks first. Writes nothing on this computer; the server notes in its journal who has seen it, which
npm run history shows.

  --stack NAME  another stack than the selected one
  --help        this text

The exit code is 0 where it was shown, 1 where you didn't say yes, 2 where it can't be shown.
`;

const warning = `This shows the API key and its secret on this screen, in plain text. Whoever sees the screen, or a recording
of it, can use them as far as the key's permissions and its whitelist go. The server notes that it was shown.
`;

const hint = `
Clear the screen, and what can be scrolled back to, when you have typed it in: clear && printf '\\033[3J'
`;

async function main(): Promise<number> {
  const { values } = readArguments(
    { options: { help: { type: "boolean", short: "h" }, stack: { type: "string" } } },
    help,
  );
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    throw new UserError(
      "The pair is shown to a person at a terminal only: into a file or another program it would be stored in plain text. Run `npm run show-key` by itself.",
    );
  }
  process.stdout.write(warning);
  if (!(await saysYes())) {
    process.stdout.write("Nothing was shown.\n");
    return 1;
  }
  const outputs = await readStackOutputs(values.stack);
  const { code, stdout, stderr } = await runRemotely(outputs, "sudo binance-credential show");
  if (code !== 0) {
    throw new UserError(`The server doesn't show the pair. It says:\n${stderr.trim()}`);
  }
  const { apiKey, apiSecret } = parseShownPair(stdout);
  process.stdout.write(`\nAPI key:    ${apiKey}\nAPI secret: ${apiSecret}\n${hint}`);
  return 0;
}

/** Only a plain yes counts. */
async function saysYes(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // The end of the input, and Ctrl-C, answer no.
  const closed = new Promise<string>((resolve) => {
    lines.once("close", () => {
      resolve("");
    });
  });
  const answer = await Promise.race([lines.question("Show it? Type yes: "), closed]);
  lines.close();
  return answer.trim().toLowerCase() === "yes";
}

await runMain(main);
