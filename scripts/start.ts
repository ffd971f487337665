import { runBotCommand } from "./lib/ssh/bot-control.ts";

await runBotCommand({
  verb: "start",
  description: [
    "Starts the bot, and waits until it has run for a moment.",
    "If `npm run stop` has stopped it, it also starts again after a reboot from now on.",
  ],
  failed: "the bot doesn't run; the reason is shown",
  next: "Next: `npm run logs` shows what the bot does.",
});
