import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { styleFor } from "./lib/report/style.ts";
import { botNames } from "./lib/setup/bots.ts";
import { chooseStack, logIn, passphraseLater } from "./lib/setup/choose-stack.ts";
import { requireComputer } from "./lib/setup/computer.ts";
import { finish } from "./lib/setup/finish.ts";
import { usualService } from "./lib/setup/own-address.ts";
import { StillMissing } from "./lib/setup/prompts.ts";
import { setUp } from "./lib/setup/setup.ts";

await runCommand({
  name: "setup",
  usage: ["[OPTION …]"],
  description: [
    "Makes a stack with a server and a running bot, and asks for what it needs on the way.",
    "Each answer is saved at once in the stack's settings, and what is set or made already isn't asked for again: after Ctrl-C, or if something is missing, run it again. Nothing is ordered before you have seen its price.",
    "An option answers a question before it is asked. docs/setup.md describes the questions, and has commands for password managers.",
  ],
  options: {
    state: {
      type: "string",
      value: "PLACE",
      help: "where Pulumi's state is stored: local, cloud (Pulumi Cloud), or the URL of a storage; without it, where you are logged in, or else local",
    },
    "token-command": {
      type: "string",
      value: "COMMAND",
      help: "a command that prints Hetzner's API token",
    },
    "admin-cidrs": {
      type: "string",
      value: "RANGES",
      help: "who may connect over SSH: IPv4 ranges, separated by commas",
    },
    "address-service": {
      type: "string",
      value: "URL",
      default: usualService,
      help: "who is asked for this computer's address",
    },
    "from-elsewhere": flag("order the server even if adminCidrs doesn't have this computer's address"),
    bot: { type: "string", value: "BOT", help: `the bot: ${botNames.join(", ")}` },
    program: { type: "string", value: "FOLDER", help: "the folder with the bot's program" },
    "server-type": { type: "string", value: "TYPE", help: "Hetzner's server type" },
    location: { type: "string", value: "NAME", help: "Hetzner's location" },
    "key-name": { type: "string", value: "NAME", help: "the key's name at Binance" },
    "key-command": {
      type: "string",
      value: "COMMAND",
      help: "a command that prints the API key, such as a password manager's",
    },
    "secret-command": {
      type: "string",
      value: "COMMAND",
      help: "a command that prints the key's secret, or its private key",
    },
    "new-key": flag("ask for another key pair than the one in the settings"),
    yes: flag(
      "take the default of each question that has one: the example bot, and the cheapest server, which is ordered without a question",
    ),
  },
  exitCodes: {
    0: "the bot runs, and its key is verified; or the bot is for later, or in paper mode",
    1: "one thing is missing; the message says what to do",
    2: "the command line is wrong, an answer is missing and there is no terminal, or something can't be reached",
    130: "you pressed Ctrl-C: run it again to go on",
  },
  run: async (values) => {
    const say = (line: string): void => {
      process.stdout.write(`${forStack(line, values.stack)}\n`);
    };
    const hadPassphrase = process.env.PULUMI_CONFIG_PASSPHRASE;
    try {
      await requireComputer();
      const place = await logIn(values.state, say);
      const stack = await chooseStack(place, values.stack, say);
      await setUp(
        stack,
        {
          yes: values.yes,
          tokenCommand: values["token-command"],
          adminCidrs: values["admin-cidrs"],
          addressService: values["address-service"],
          fromElsewhere: values["from-elsewhere"],
          bot: values.bot,
          program: values.program,
          serverType: values["server-type"],
          location: values.location,
          keyName: values["key-name"],
          keyCommand: values["key-command"],
          secretCommand: values["secret-command"],
          newKey: values["new-key"],
        },
        say,
      );
      await finish(stack, say, styleFor(process.stdout));
    } catch (error) {
      if (!(error instanceof StillMissing)) {
        throw error;
      }
      process.stderr.write(`\n${forStack(error.message, values.stack)}\n`);
      return 1;
    } finally {
      if (process.env.PULUMI_CONFIG_PASSPHRASE !== hadPassphrase) {
        say(passphraseLater);
      }
    }
    return 0;
  },
});
