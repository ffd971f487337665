import { findCopyErrors } from "../../../binance/copy-errors.ts";
import { permissionsSetting } from "../../../checklist/key-rules.ts";
import { canAsk } from "../command/ask.ts";
import { UserError } from "../command/user-error.ts";
import { runRemotely } from "../ssh/remote.ts";
import type { StackOutputs } from "../stack/outputs.ts";
import type { Answers, Say } from "./answers.ts";
import { needsEd25519 } from "./bots.ts";
import { copyToClipboard } from "./clipboard.ts";
import { askSecret, StillMissing } from "./prompts.ts";
import { secretFrom } from "./secret-command.ts";
import type { StackInSetup } from "./stack.ts";
import { creationSteps, ed25519BySecretCommand, notServed } from "./texts.ts";

const ping = "curl -4sS --max-time 20 https://api.binance.com/api/v3/ping 2>&1";

/** @throws StillMissing if Binance doesn't serve the server's address: a key for it would be useless */
export async function requireServed({ host, ...server }: StackOutputs): Promise<void> {
  const { stdout } = await runRemotely({ host, ...server }, ping, { minutes: 2 });
  if (stdout.trim() !== "{}") {
    throw new StillMissing(notServed(host, stdout));
  }
}

/** Says how a key is created at Binance, and asks for the key pair and saves it. `pulumi up` tries it then. */
export async function answerKey(stack: StackInSetup, answers: Answers, say: Say): Promise<void> {
  const { host, standbyIp } = await stack.serverOutputs();
  const values = await stack.values();
  const isEd25519 = needsEd25519(values.bot);
  const keyName = answers.keyName ?? nameFor(values.keyName, stack.name, answers.newKey);
  const isCopied = canAsk() && (await copyToClipboard(host));
  say(
    `\n${creationSteps({
      addresses: [host, ...(standbyIp === undefined ? [] : [standbyIp])],
      isCopied,
      keyName,
      // What isn't one of them, `pulumi up` reports.
      permissions: permissionsSetting.catch("spot").parse(values.permissions),
      isEd25519,
    })}\n`,
  );
  if (isEd25519 && answers.secretCommand === undefined) {
    throw new StillMissing(ed25519BySecretCommand);
  }
  const pair = await readPair(answers, keyName, say);
  await stack.set({ keyName });
  await stack.setSecret("binance:apiKey", pair.apiKey);
  await stack.setSecret("binance:apiSecret", pair.apiSecret);
  if (values["binance:publicKey"] !== undefined) {
    await stack.unset("binance:publicKey");
  }
}

/** Another key gets another name, because Binance shows both until one is deleted. */
export function nameFor(current: string | undefined, stack: string, isAnother: boolean): string {
  const name = current === undefined || current === "" ? undefined : current;
  if (!isAnother) {
    return name ?? `trading-bot-${stack}-1`;
  }
  const [, beginning, number] = /^(.*?-)(\d{1,4})$/.exec(name ?? "") ?? [];
  return beginning === undefined
    ? `${name ?? `trading-bot-${stack}`}-2`
    : `${beginning}${Number(number) + 1}`;
}

async function readPair(answers: Answers, keyName: string, say: Say) {
  const { keyCommand, secretCommand } = answers;
  const key = { message: `The API key of ${keyName}`, option: "--key-command COMMAND" };
  const secret = { message: "Its secret", option: "--secret-command COMMAND" };
  for (;;) {
    const apiKey =
      keyCommand === undefined ? await ask(key) : (await secretFrom(keyCommand, "--key-command")).trim();
    const apiSecret =
      secretCommand === undefined ? await ask(secret) : await secretFrom(secretCommand, "--secret-command");
    const problems = findCopyErrors(apiKey, apiSecret, { apiKey: "the API key", apiSecret: "the secret" });
    const errors = problems.filter(({ severity }) => severity === "error");
    const text = problems.map(
      ({ value, problem, remedy }) =>
        `The ${value === "apiKey" ? "API key" : "secret"} ${problem}. ${remedy}`,
    );
    if (errors.length > 0 && keyCommand !== undefined && secretCommand !== undefined) {
      throw new UserError(text.join("\n"));
    }
    text.forEach(say);
    if (errors.length === 0) {
      return { apiKey, apiSecret };
    }
  }
}

function ask(question: { message: string; option: string }): Promise<string> {
  return askSecret({
    ...question,
    problemOf: (answer) =>
      answer === ""
        ? "Enter it, or stop here with Ctrl-C and go on later."
        : answer.startsWith("-----BEGIN")
          ? "A private key has several lines. Stop here with Ctrl-C, and give it by: npm run setup -- --secret-command 'cat private.pem'"
          : undefined,
  });
}
