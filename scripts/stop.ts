import { runBotCommand } from "./lib/ssh/bot-control.ts";

await runBotCommand({
  verb: "stop",
  description: [
    "Stops the bot and keeps it stopped.",
    "A reboot, a new key pair, a new program and changed settings don't start it again. `npm run start` does.",
  ],
  failed: "the bot could not be stopped",
  next: "The bot stays stopped, also after a reboot, until `npm run start`.",
});
