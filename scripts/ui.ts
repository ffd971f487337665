import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { openInBrowser } from "./lib/process/browser.ts";
import { carryPage, isFree, readPage } from "./lib/ssh/page.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

await runCommand({
  name: "ui",
  usage: ["[OPTION …]"],
  description: [
    "Opens a tunnel to the bot's own page, such as FreqUI, and prints its address on this computer.",
    "The bot serves this page at the port of the setting bot.ui, in its own network on the server. The tunnel is an SSH connection with the stack's keys, and nothing else reaches that port. It stays open until you press Ctrl-C, also while the bot is restarted.",
    "Treat the page like one of a stranger, because a compromised bot can show you anything there: type no password that you use elsewhere, download nothing, and never enter your Binance login or the key pair. While the tunnel is open, other users of this computer reach the page as well.",
  ],
  options: {
    port: { type: "string", value: "PORT", help: "the port on this computer (default: that of bot.ui)" },
    open: flag("also open the page in your browser"),
  },
  exitCodes: {
    0: "the tunnel was open, until Ctrl-C",
    1: "bot.ui isn't in effect on the server",
    2: "the command line is wrong, the port is in use, or the stack can't be read",
    255: "no connection to the server, or it broke",
  },
  run: async ({ stack, port, open }) => {
    const chosen = port === undefined ? undefined : readPort(port);
    // Ctrl-C is the usual way to stop.
    process.once("SIGINT", () => process.exit(0));
    const server = await readStackOutputs(stack);
    const page = await readPage(server);
    if ("why" in page) {
      process.stderr.write(`${page.why}\n`);
      return page.code;
    }
    const local = chosen ?? page.port;
    if (!(await isFree(local))) {
      throw new UsageError(
        `Port ${local} of this computer is in use. Choose another one: npm run ui -- --port PORT`,
      );
    }
    if (!page.listens) {
      process.stderr.write(
        `Nothing listens at 127.0.0.1:${page.port} in the bot's network yet. Does the bot run (npm run logs), and does its configuration turn on its page at this address? The tunnel works as soon as it listens.\n`,
      );
    }
    return carryPage(server, page.port, local, () => {
      const address = `http://trading-bot.localhost:${local}`;
      process.stdout.write(
        [
          `The bot's page: ${address}`,
          `If your browser doesn't know this name: http://127.0.0.1:${local}`,
          "The bot serves it, so treat it like a page of a stranger. Stop with Ctrl-C.",
          "",
        ].join("\n"),
      );
      if (open) {
        void openInBrowser(address);
      }
    });
  },
});

/** @throws UsageError if `text` isn't a port that anybody may open */
function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{4,5}$/.test(text) || port < 1024 || port > 65_535) {
    throw new UsageError(`--port must be a number from 1024 to 65535, not "${text}".`);
  }
  return port;
}
