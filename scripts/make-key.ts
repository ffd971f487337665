import { publicKeyPem } from "../binance/public-key.ts";
import { permissionsSetting } from "../checklist/key-rules.ts";
import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { type MadeKey, makeAnotherKey, makeKey, waitingKey } from "./lib/made-key/on-server.ts";
import { alreadyMade, discardQuestion, nextSteps } from "./lib/made-key/texts.ts";
import { readServer } from "./lib/stack/outputs.ts";
import { readValues } from "./lib/stack/settings.ts";

await runCommand({
  name: "make-key",
  usage: ["[OPTION …]"],
  description: [
    "Makes an Ed25519 key on the server, whose private key never leaves it.",
    'It prints the public key for Binance\'s "Self-generated" API keys, the address to whitelist, and the `pulumi config` commands that follow. Until a pair with this key is live, it shows the same key again. The bot and the live pair stay as they are: the next `pulumi up` with the new settings checks the new pair and activates it, as with every new pair.',
    "The private key is only on the server's disk, encrypted, and ends with it: `npm run replace`, `npm run rebuild` and `npm run teardown` warn you before they start. Then make a new one.",
  ],
  options: {
    new: flag("make another key in place of one that isn't in use yet, after a question"),
    yes: flag("don't ask"),
    json: flag(
      "print a JSON object of {version, publicKey, pem, ipAddress, isNew}; with --new it needs --yes",
    ),
  },
  exitCodes: {
    0: "the public key was shown",
    1: "you didn't answer yes, and nothing was changed",
    2: "the command line is wrong, or the server can't be reached or can't make a key",
  },
  run: async ({ new: wantsNew, yes, json, stack }) => {
    if (json && wantsNew && !yes) {
      throw new UsageError("With --json, nothing is asked: --new also needs --yes.");
    }
    const server = await readServer(stack);
    const waiting = await waitingKey(server);
    if (waiting !== undefined && wantsNew) {
      if (!(await confirm({ text: discardQuestion(waiting), answer: "yes", yes }))) {
        process.stdout.write("Nothing was changed.\n");
        return 1;
      }
    }
    const make = wantsNew ? makeAnotherKey : makeKey;
    const isNew = waiting === undefined || wantsNew;
    const key: MadeKey = {
      publicKey: isNew ? await make(server) : waiting,
      ipAddress: server.host,
      isNew,
    };
    process.stdout.write(json ? toJson(key) : forStack(await report(key, stack), stack));
    return 0;
  },
});

async function report(key: MadeKey, stack: string | undefined): Promise<string> {
  const { "binance:apiSecret": apiSecret, permissions } = await readValues(stack);
  const steps = nextSteps(key, {
    hasSecret: apiSecret !== undefined,
    // What isn't one of them, `pulumi up` reports.
    permissions: permissionsSetting.catch("spot").parse(permissions),
  });
  return `${key.isNew ? "" : alreadyMade}${steps}`;
}

function toJson({ publicKey, ipAddress, isNew }: MadeKey): string {
  const result = { version: 1, publicKey, pem: publicKeyPem(publicKey), ipAddress, isNew };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
