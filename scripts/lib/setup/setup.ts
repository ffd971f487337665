import { statSync } from "node:fs";
import { join } from "node:path";
import { installProgram } from "../program/install.ts";
import type { Answers, Say } from "./answers.ts";
import { programOf } from "./bots.ts";
import { answerAdminCidrs, answerBot, answerToken, requireOwnAddress } from "./first-answers.ts";
import { answerKey, requireServed } from "./key.ts";
import { confirmOrder } from "./order.ts";
import { nextStep, type Step } from "./progress.ts";
import { askText, StillMissing } from "./prompts.ts";
import type { StackInSetup } from "./stack.ts";
import { updateFailed } from "./texts.ts";

const projectFolder = join(import.meta.dirname, "../../..");

/**
 * Does what is missing, one step after the other, until a bot runs. What is done is read from the settings, the state and
 * the server before each step, so a run goes on where an earlier one has ended.
 *
 * @throws StillMissing if only the owner can do the next step
 */
export async function setUp(stack: StackInSetup, answers: Answers, say: Say): Promise<void> {
  let isBotLater = false;
  let wantsNewKey = answers.newKey;
  let isAddressConfirmed = false;
  let isServed = false;

  const steps: Record<Exclude<Step, "done">, () => Promise<void>> = {
    token: () => answerToken(stack, answers, say),
    "admin-cidrs": async () => {
      await answerAdminCidrs(stack, answers, say);
      isAddressConfirmed = answers.adminCidrs === undefined;
    },
    bot: async () => {
      isBotLater = (await answerBot(stack, answers)) === "later";
    },
    order: async () => {
      if (!isAddressConfirmed) {
        await requireOwnAddress(stack, answers, say);
      }
      await confirmOrder(stack, answers, say);
      await update(stack, say);
      const { host } = await stack.serverOutputs();
      say(`\nThe server's address is ${host}. It stays the same for as long as the stack exists.`);
    },
    key: async () => {
      if (!isServed) {
        await requireServed(await stack.serverOutputs());
        isServed = true;
      }
      await answerKey(stack, answers, say);
      wantsNewKey = false;
    },
    update: () => update(stack, say),
    program: () => install(stack, answers),
  };

  for (;;) {
    const step = nextStep({ ...(await stack.progress(wantsNewKey)), isBotLater, wantsNewKey });
    if (step === "done") {
      return;
    }
    await steps[step]();
  }
}

async function update(stack: StackInSetup, say: Say): Promise<void> {
  const { keyPair, installed } = await stack.progress(false);
  const isCandidate = keyPair !== undefined && keyPair !== installed?.keyPair;
  say(
    isCandidate
      ? "\nThe key pair is tried through the server, and installed if it may do what it should, and nothing more: pulumi up"
      : "\nNow: pulumi up",
  );
  if (!(await stack.update())) {
    throw new StillMissing(updateFailed(isCandidate));
  }
}

async function install(stack: StackInSetup, answers: Answers): Promise<void> {
  const { program, suggestion } = programOf((await stack.values()).bot);
  const folder =
    answers.program ?? exampleFolder(program) ?? (answers.yes ? exampleFolder(suggestion) : undefined);
  const chosen =
    folder ??
    (await askText({
      message: "The folder with the bot's program",
      option: "--program FOLDER",
      suggestion,
      problemOf: (answer) =>
        statSync(answer, { throwIfNoEntry: false })?.isDirectory() === true
          ? undefined
          : "That isn't a folder.",
    }));
  const options = { stack: stack.stack, refresh: false, skipChecks: false, withoutCopy: false };
  if ((await installProgram(chosen, options)) !== 0) {
    throw new StillMissing(
      "The bot's program could not be installed: the messages say why. When that is fixed, go on with: npm run setup",
    );
  }
}

function exampleFolder(folder: string | undefined): string | undefined {
  return folder && join(projectFolder, folder);
}
