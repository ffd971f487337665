import { isInRanges } from "../../../checklist/ssh-range.ts";
import { HetznerClient } from "../../../hetzner/client.ts";
import { endpointOf } from "../../../hetzner/endpoint.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { tokenProblem } from "../../../hetzner/token.ts";
import { checkWriteAccess, writeFindings } from "../../../hetzner/write-access.ts";
import { messageFor } from "../command/main.ts";
import { UsageError, UserError } from "../command/user-error.ts";
import type { Answers, Say } from "./answers.ts";
import { type BotName, botNames, bots } from "./bots.ts";
import { askOwnAddress, problemOfRanges, rangesIn } from "./own-address.ts";
import { askChoice, askSecret, askText, StillMissing } from "./prompts.ts";
import { secretFrom } from "./secret-command.ts";
import type { StackInSetup } from "./stack.ts";

// What must be known before a server is ordered.

/** The token is tried at Hetzner before it is saved. */
export async function answerToken(stack: StackInSetup, { tokenCommand }: Answers, say: Say): Promise<void> {
  const { "hcloud:endpoint": setting } = await stack.values();
  const endpoint = endpointOf(setting, process.env.HCLOUD_ENDPOINT).url;
  const option = "--token-command COMMAND";
  for (;;) {
    const token =
      tokenCommand === undefined
        ? await askSecret({
            message:
              "Hetzner's API token, with Read & Write permission (https://console.hetzner.cloud: your project, Security, API tokens)",
            option,
            problemOf: (answer) => asSentence(tokenProblem(answer)),
          })
        : await secretFrom(tokenCommand, option);
    const problem =
      asSentence(tokenProblem(token)) ?? (await refusalOf(new HetznerClient({ token, endpoint }), say));
    if (problem === undefined) {
      await stack.setSecret("hcloud:token", token);
      say("Hetzner accepts the token, and it may write.");
      return;
    }
    if (tokenCommand !== undefined) {
      throw new UserError(problem);
    }
    say(problem);
  }
}

function asSentence(problem: string | undefined): string | undefined {
  return problem && `It ${problem}.`;
}

/** @throws HetznerError if Hetzner can't be asked */
async function refusalOf(client: HetznerClient, say: Say): Promise<string | undefined> {
  try {
    const { errors, warnings } = writeFindings(await checkWriteAccess(client));
    warnings.forEach(say);
    return errors[0];
  } catch (error) {
    if (error instanceof HetznerError && error.code === "unauthorized") {
      return messageFor(error);
    }
    throw error;
  }
}

/** Who may connect over SSH: this computer's address is suggested, and never used unless a person confirms it. */
export async function answerAdminCidrs(stack: StackInSetup, answers: Answers, say: Say): Promise<void> {
  const option = "--admin-cidrs RANGES, such as 203.0.113.7/32";
  let ranges = answers.adminCidrs;
  if (ranges === undefined) {
    const own = await askOwnAddress(answers.addressService);
    if (!own.ok) {
      say(`Your own address is unknown: ${own.reason}`);
    }
    const seen = own.ok ? ` ${hostOf(answers.addressService)} sees you at ${own.address}.` : "";
    ranges = await askText({
      message: `Who may connect to the server over SSH? IPv4 ranges, separated by commas.${seen}`,
      option,
      suggestion: own.ok ? `${own.address}/32` : undefined,
      problemOf: problemOfRanges,
    });
  }
  const problem = problemOfRanges(ranges);
  if (problem !== undefined) {
    throw new UsageError(problem);
  }
  await stack.set({ adminCidrs: ranges });
}

/** A first `pulumi up` from elsewhere would order a server, and then wait for minutes for a connection. */
export async function requireOwnAddress(stack: StackInSetup, answers: Answers, say: Say): Promise<void> {
  const { adminCidrs = "" } = await stack.values();
  if (answers.fromElsewhere) {
    return;
  }
  const own = await askOwnAddress(answers.addressService);
  if (!own.ok) {
    say(`Whether you may connect to the server is unknown: ${own.reason}`);
  } else if (!isInRanges(own.address, rangesIn(adminCidrs))) {
    throw new StillMissing(
      [
        `${hostOf(answers.addressService)} sees you at ${own.address}, and adminCidrs (${adminCidrs}) doesn't let you in. Nothing was ordered. To add it:`,
        `  pulumi config set adminCidrs ${[...rangesIn(adminCidrs), `${own.address}/32`].join(",")}`,
        "If you connect from another address: npm run setup -- --from-elsewhere",
      ].join("\n"),
    );
  }
}

function hostOf(service: string): string {
  return URL.parse(service)?.hostname ?? service;
}

/** @returns the chosen one; "later" sets nothing */
export async function answerBot(stack: StackInSetup, answers: Answers): Promise<BotName> {
  const name = answers.bot === undefined ? await askBot(answers.yes) : botNamed(answers.bot);
  const { settings } = bots[name];
  if (Object.keys(settings).length > 0) {
    await stack.set(settings);
  }
  return name;
}

function askBot(yes: boolean): Promise<BotName> {
  if (yes) {
    return Promise.resolve("example");
  }
  const choices = botNames.map((value) => ({ value, label: bots[value].label, hint: bots[value].hint }));
  return askChoice({ message: "Which bot?", option: `--bot ${botNames.join(" | ")}` }, choices);
}

function botNamed(text: string): BotName {
  const name = botNames.find((one) => one === text);
  if (name === undefined) {
    throw new UsageError(
      `--bot must be one of: ${botNames.join(", ")}. docs/bots.md has the settings of every other bot.`,
    );
  }
  return name;
}
