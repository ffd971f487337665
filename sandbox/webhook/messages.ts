#!/usr/bin/env node
// The operator's command that shows the messages at the sandbox's webhook.
import { join } from "node:path";
import { foldersOfThisRun } from "../run-folders.ts";
import { WebhookControl } from "./control.ts";

const usage = `Usage: webhook-messages

Prints the messages that https://hooks.example.net has accepted, each with its path and its sender.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  if (args.length > 0) {
    const isHelp = args.includes("--help") || args.includes("-h");
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
