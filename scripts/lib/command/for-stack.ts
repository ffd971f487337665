import { quoteForShell } from "../../../checklist/shell.ts";

// The commands in a message, as people paste them: `npm run move -- nbg1`, `pulumi config set serverType cx23`.
// A value of an option is a name in capitals or an image. What follows otherwise is the sentence.
const npmRun =
  /npm run [a-z]+(?:-[a-z]+)*(?: -- (?:--[a-z-]+|[\w/]+)(?: (?:--[a-z-]+|[A-Z]{2,}\b|[a-z]+-\d+\b))*)?/;
const config =
  /pulumi config (?:set(?: --(?:secret|path))* [\w:.]*\w(?: "[^"]*"| '[^']*'| (?:\w[\w/:.+-]*)?\w=*)?|rm [\w:.]*\w)/;
const secret = /pulumi config set --secret [\w:.]*\w/;
const others = /pulumi (?:up|preview|refresh|cancel|destroy)\b(?: --[a-z-]+)*/;
const commands = new RegExp([npmRun, secret, config, others].map(({ source }) => source).join("|"), "g");

/**
 * Adds --stack to the commands in a message, so that they change the stack that the message is about, and not the
 * selected one.
 *
 * @param stack the command's --stack; undefined for the selected one
 */
export function forStack(message: string, stack: string | undefined): string {
  if (stack === undefined) {
    return message;
  }
  return message.replaceAll(commands, (command) => {
    const separator = command.startsWith("npm run") && !command.includes(" -- ") ? " --" : "";
    return `${command}${separator} --stack ${quoteForShell(stack)}`;
  });
}
