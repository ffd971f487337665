import { runBotCommand } from "./lib/ssh/bot-control.ts";

await runBotCommand({
  verb: "restart",
  description: [
    "Stops the bot, starts it again, and waits until it has run for a moment.",
    "A bot that was stopped, or that systemd no longer restarts, is started.",
  ],
  failed: "the bot doesn't run; the reason is shown",
  next: "Next: `npm run logs` shows what the bot does.",
});
