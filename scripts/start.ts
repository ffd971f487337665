import { flag } from "./lib/command/options.ts";
import { runBotCommand } from "./lib/ssh/bot-control.ts";

await runBotCommand({
  verb: "start",
  description: [
    "Starts the bot, and reports whether it runs.",
    "It undoes `npm run stop`: the bot may run again, also after a reboot. A bot that already runs isn't disturbed.",
  ],
  variants: {
    "without-check": flag(
      "start it once, although no check of its key has passed lately; not if the guard has stopped it because of its key",
    ),
  },
  failed: "the bot doesn't run; the reason is shown",
  next: "Next: `npm run logs` shows what the bot does.",
});
