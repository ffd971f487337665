#!/usr/bin/env node
// What has arrived at the sandbox's webhook, as a command at the operator's.
import { join } from "node:path";
import { foldersOfThisRun } from "../run-folders.ts";
import { WebhookControl } from "./control.ts";

const usage = `Usage: webhook-messages

Prints the messages that https://hooks.example.net has taken, whatever their path, each with who sent it.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(words: string[]): Promise<number> {
  if (words.length > 0) {
    const isHelp = words.includes("--help") || words.includes("-h");
    (isHelp ? process.stdout : process.stderr).write(usage);
    return isHelp ? 0 : 2;
  }
  const messages = await new WebhookControl(join(foldersOfThisRun().dir, "webhook.sock")).messages();
  for (const { method, path, source, contentType, body } of messages) {
    process.stdout.write(
      `${method} ${path} from ${source} (${contentType ?? "no content type"})\n${body}\n\n`,
    );
  }
  if (messages.length === 0) {
    process.stdout.write("No message has arrived.\n");
  }
  return 0;
}
