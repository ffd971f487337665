import { runBotCommand } from "./lib/ssh/bot-control.ts";

await runBotCommand({
  verb: "stop",
  description: [
    "Stops the bot and keeps it stopped.",
    "It stays stopped until `npm run start` or `npm run restart`: a reboot, a new key pair, a new program and changed settings don't start it.",
  ],
  failed: "the bot could not be stopped",
});
