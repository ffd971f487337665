import { writeFile } from "node:fs/promises";
import { isMade, keyFingerprint } from "../binance/key-pair.ts";
import { exitCode, overall } from "../checklist/finding.ts";
import { confirmables } from "../checklist/rules/confirmations.ts";
import { supportWarning } from "../hetzner/image.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { detailOf, reasonOf, UserError } from "./lib/command/user-error.ts";
import { styleFor } from "./lib/report/style.ts";
import { type Verification, verificationJson } from "./lib/report/verification.ts";
import { verificationPage } from "./lib/report/verification-page.ts";
import { verificationTable } from "./lib/report/verification-table.ts";
import { readStackOutputs, type StackOutputs } from "./lib/stack/outputs.ts";
import { readStackSettings, type StackSettings } from "./lib/stack/settings.ts";
import { askConfirmations, saveConfirmations } from "./lib/verification/confirmations.ts";
import { readKeyHistory } from "./lib/verification/key-history.ts";
import { Phases } from "./lib/verification/phases.ts";
import { verify } from "./lib/verification/verify.ts";

await runCommand({
  name: "verify",
  usage: ["[OPTION …]"],
  description: [
    "Checks what the stack's Binance key may do, and whether the account is safe.",
    "It calls Binance through the server and from this computer, and checks the eight points and more: docs/verify.md lists them. It changes nothing at Binance and places no order.",
  ],
  options: {
    confirm: flag(
      "first ask about the points that Binance's API doesn't report, and save the answers with their date in the stack's settings",
    ),
    html: {
      type: "string",
      value: "FILE",
      help: "also write one page for a browser, with the findings, how each is known, and the history of key pairs; nothing in it is secret",
    },
    json: flag("print the findings as JSON; docs/verify.md describes the format"),
    timings: flag("print on standard error how long each phase took"),
    verbose: flag("print on standard error each request and its result"),
  },
  exitCodes: {
    0: "every check passed",
    1: "a check failed",
    2: "something could not be checked, or the command line is wrong",
  },
  run: async ({ confirm, html, json, timings, verbose, stack }) => {
    const phases = new Phases();
    const { outputs, settings } = await readStack(stack, phases);
    if (confirm) {
      await askAndSave(outputs, settings, stack);
    }
    const verification = await verify(outputs, settings, { verbose, phases });
    process.stdout.write(
      json ? verificationJson(verification) : verificationTable(verification, styleFor(process.stdout)),
    );
    if (html !== undefined) {
      await writePage(html, verification, outputs);
    }
    const warning = supportWarning(outputs.image ?? "", Date.now());
    if (warning !== undefined) {
      process.stderr.write(`\n${forStack(warning, stack)}\n`);
    }
    if (timings) {
      process.stderr.write(`\n${phases.describe()}`);
    }
    return exitCode(overall(verification.findings.map(({ verdict }) => verdict)));
  },
});

async function readStack(stack: string | undefined, phases: Phases) {
  const reading = Promise.all([readStackOutputs(stack), readStackSettings(stack)]);
  const [outputs, settings] = await phases.during("reading the stack", reading);
  return { outputs, settings };
}

async function askAndSave(
  { host, standbyIp }: StackOutputs,
  settings: StackSettings,
  stack: string | undefined,
): Promise<void> {
  const key = keyFingerprint(settings.keyPair.apiKey);
  const addresses = standbyIp === undefined ? [] : [host, standbyIp];
  const points = confirmables(isMade(settings.keyPair), standbyIp !== undefined);
  const about = { key, addresses };
  settings.confirmations = await askConfirmations(points, about, Date.now(), process.stdin, process.stderr);
  await saveConfirmations(settings.confirmations, stack);
}

/** @throws UserError if the file can't be written */
async function writePage(file: string, verification: Verification, outputs: StackOutputs): Promise<void> {
  const history = await readKeyHistory(outputs).catch((error: unknown) => ({ problem: reasonOf(error) }));
  const page = verificationPage({ verification, server: outputs.order.name ?? outputs.host, history });
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new UserError(`The page can't be written: ${detailOf(error)}`);
  }
  process.stderr.write(`The page is in ${file}.\n`);
}
