import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { shortestPassphrase } from "../backup/passphrase.ts";
import { canAsk } from "../command/ask.ts";
import { UserError } from "../command/user-error.ts";
import { capture, stream } from "../process/run.ts";
import { runPulumi, toEnterPassphrase } from "../stack/pulumi-cli.ts";
import { printSettings } from "../stack/settings.ts";
import { listStacks } from "../stack/stack-list.ts";
import { readStackName } from "../stack/stack-name.ts";
import { askSecret } from "./prompts.ts";
import { StackInSetup } from "./stack.ts";

// Where Pulumi's state is, its passphrase, and the stack.

/** The stack's name, unless --stack names another one. */
const usualName = "prod";

const login = z.looseObject({ url: z.string() });

/**
 * Logs in to where the state is to be, unless there is a login already.
 *
 * @param state the option --state: "local", "cloud" or the address of a storage
 * @param say shows a line
 */
export async function logIn(state: string | undefined, say: (line: string) => void): Promise<string> {
  const before = await whereLoggedIn();
  if (before !== undefined && state === undefined) {
    say(`Pulumi's state is in ${before}, where you are logged in.`);
    return before;
  }
  const wanted = state ?? "local";
  if (wanted === "cloud") {
    await logInToCloud();
  } else {
    const address = wanted === "local" ? "--local" : wanted;
    await runPulumi(["login", address], undefined, "Pulumi could not log in.");
  }
  const after = await whereLoggedIn();
  if (after === undefined) {
    throw new UserError("Pulumi isn't logged in. Log in, and run this again: pulumi login --local");
  }
  say(
    `Pulumi's state, with your secrets encrypted, is in ${after}. Another place: --state cloud or --state URL.`,
  );
  return after;
}

async function whereLoggedIn(): Promise<string | undefined> {
  const { code, stdout } = await capture("pulumi", ["whoami", "--json", "--non-interactive"]);
  return code === 0 ? login.safeParse(parseJson(stdout)).data?.url : undefined;
}

/** Pulumi prompts for the access token itself. */
async function logInToCloud(): Promise<void> {
  if (!canAsk() && process.env.PULUMI_ACCESS_TOKEN === undefined) {
    throw new UserError("There is no terminal to log in to Pulumi Cloud in. Set PULUMI_ACCESS_TOKEN.");
  }
  if ((await stream("pulumi", ["login"], { input: "inherit" })) !== 0) {
    throw new UserError("The login to Pulumi Cloud failed. Nothing was changed.");
  }
}

/**
 * Finds the stack, or makes it. A passphrase that is asked for stays in this process, and in the programs that it starts.
 *
 * @param place where the state is
 * @param wanted the command's --stack
 */
export async function chooseStack(
  place: string,
  wanted: string | undefined,
  say: (line: string) => void,
): Promise<StackInSetup> {
  const stacks = await listStacks();
  const selected = wanted ?? (await selectedStack());
  const stack = selected ?? (stacks.length === 0 ? usualName : undefined);
  if (stack === undefined) {
    throw new UserError(
      `No stack is selected, and there are several: ${stacks.join(", ")}. Name one, or a new one: npm run setup -- --stack NAME`,
    );
  }
  const isNew = !stacks.some((one) => one === stack || one.split("/").at(-1) === stack);
  if (isNew) {
    await makeStack(place, stack);
    say(`The stack ${stack} is new. Its settings are in Pulumi.${stack.split("/").at(-1) ?? ""}.yaml`);
  } else {
    await unlockStack(wanted);
    say(`The stack is ${stack}.`);
  }
  return new StackInSetup(wanted, await readStackName(wanted));
}

async function selectedStack(): Promise<string | undefined> {
  const { code, stdout } = await capture("pulumi", ["stack", "--show-name", "--non-interactive"]);
  return code === 0 ? stdout.trim() : undefined;
}

async function makeStack(place: string, stack: string): Promise<void> {
  if (needsPassphrase(place, process.env)) {
    process.env.PULUMI_CONFIG_PASSPHRASE = await newPassphrase();
  }
  await runPulumi(["stack", "init", stack], undefined, "The stack could not be made.");
}

/** Pulumi Cloud encrypts secrets itself. Everywhere else, it is a passphrase. */
export function needsPassphrase(
  place: string,
  environment: Readonly<Partial<Record<string, string>>>,
): boolean {
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = environment;
  return !/^https?:/.test(place) && passphrase === undefined && (file ?? "") === "";
}

/** How it is given where there is no terminal. */
const byFile = "PULUMI_CONFIG_PASSPHRASE_FILE=PATH npm run setup";

async function newPassphrase(): Promise<string> {
  const first = await askSecret({
    message: "A passphrase for the stack's secrets (put it into your password manager first)",
    option: byFile,
    problemOf: (answer) =>
      answer.length < shortestPassphrase
        ? `Take at least ${shortestPassphrase} characters, such as five random words.`
        : undefined,
  });
  await askSecret({
    message: "The same passphrase again",
    option: byFile,
    problemOf: (answer) => (answer === first ? undefined : "It differs. Enter it again."),
  });
  return first;
}

/** Asks for the passphrase of a stack that exists, if Pulumi needs one and has none. */
async function unlockStack(stack: string | undefined): Promise<void> {
  for (;;) {
    try {
      await printSettings(stack);
      return;
    } catch (error) {
      const isPassphrase = error instanceof UserError && /passphrase/i.test(error.message);
      if (!isPassphrase || (process.env.PULUMI_CONFIG_PASSPHRASE_FILE ?? "") !== "" || !canAsk()) {
        throw error;
      }
      const isWrong = process.env.PULUMI_CONFIG_PASSPHRASE !== undefined;
      process.env.PULUMI_CONFIG_PASSPHRASE = await askSecret({
        message: isWrong ? "That isn't the stack's passphrase. Enter it again" : "The stack's passphrase",
        option: byFile,
        problemOf: (answer) => (answer === "" ? "Enter the passphrase." : undefined),
      });
    }
  }
}

/** For other commands in the same terminal. */
export const passphraseLater = `Every command needs the stack's passphrase. To enter it once in a terminal: ${toEnterPassphrase}`;
