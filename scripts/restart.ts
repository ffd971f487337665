import { runBotCommand } from "./lib/ssh/bot-control.ts";

await runBotCommand({
  verb: "restart",
  description: ["Restarts the bot, and reports whether it runs.", "A bot that is stopped is started."],
  failed: "the bot doesn't run; the reason is shown",
  next: "Next: `npm run logs` shows what the bot does.",
});
