import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { UserError } from "./lib/command/user-error.ts";
import { parseShownPair } from "./lib/report/shown-key-pair.ts";
import { runRemotely, unknownCommand } from "./lib/ssh/remote.ts";
import { readLivePair } from "./lib/stack/live-pair.ts";
import { readStackOutputs, type StackOutputs } from "./lib/stack/outputs.ts";

const warning = `This shows the API key and its secret on this screen, in plain text. Anyone who sees the screen or a recording of
it can use them, within the key's permissions and its IP whitelist. The server records that they were shown.
`;

const hint = `
After you have typed them in, clear the screen and its scrollback: clear && printf '\\033[3J'
`;

await runCommand({
  name: "show-key",
  usage: ["[OPTION …]"],
  description: [
    "Shows the live key pair of the server on this screen, after you have confirmed.",
    "It is for bots that you must type the key into. Of a key that `npm run make-key` made, the public key is shown and nothing else, because its private key never leaves the server. Nothing is stored on this computer. The server records in its journal that the pair was shown and to whom; `npm run history` lists it.",
  ],
  options: {},
  exitCodes: {
    0: "the key pair was shown",
    1: "you didn't answer yes",
    2: "the key pair can't be shown",
  },
  run: async ({ stack }) => {
    if (!process.stdout.isTTY || !process.stdin.isTTY) {
      throw new UserError(
        "The key pair is shown in a terminal only, because a file or a pipe would store it in plain text. Run `npm run show-key` without a redirection.",
      );
    }
    const outputs = await readStackOutputs(stack);
    if ((await readLivePair(outputs)) === "none") {
      throw new UserError(
        "The server has no key pair. Set both values and run `pulumi up`: README.md, steps 4 and 5.",
      );
    }
    await requireShown(outputs);
    process.stdout.write(warning);
    if (!(await confirm({ text: "Show it? Type yes: ", answer: "yes", yes: false }))) {
      process.stdout.write("The key pair was not shown.\n");
      return 1;
    }
    return showKeyPair(outputs);
  },
});

/** Looks before a person is asked. @throws UserError if the server can't show it */
async function requireShown(outputs: StackOutputs): Promise<void> {
  const { code, stderr } = await runRemotely(outputs, "sudo binance-credential may-show");
  // A server with an older tool says it only when the pair is to be shown.
  if (code !== 0 && code !== unknownCommand) {
    throw cannotShow(stderr);
  }
}

async function showKeyPair(outputs: StackOutputs): Promise<number> {
  const { code, stdout, stderr } = await runRemotely(outputs, "sudo binance-credential show");
  if (code !== 0) {
    throw cannotShow(stderr);
  }
  const { apiKey, apiSecret } = parseShownPair(stdout);
  process.stdout.write(`\nAPI key:    ${apiKey}\nAPI secret: ${apiSecret}\n${hint}`);
  return 0;
}

function cannotShow(reported: string): UserError {
  return new UserError(`The server can't show the key pair. It reported:\n${reported.trim()}`);
}
