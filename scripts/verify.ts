import type { Attempt } from "../binance/errors.ts";
import { fingerprint, keyFingerprint } from "../binance/key-pair.ts";
import type { Call } from "../binance/request.ts";
import { checklist } from "../checklist/checklist.ts";
import { exitCode, overall } from "../checklist/finding.ts";
import { type ClockReading, nothing, observe } from "../checklist/observations.ts";
import { readArguments } from "./lib/command/arguments.ts";
import { runMain } from "./lib/command/user-error.ts";
import { reportJson } from "./lib/report/json.ts";
import { mayColour, reportTable } from "./lib/report/table.ts";
import { readStackOutputs, type StackOutputs } from "./lib/stack/outputs.ts";
import { readStackSettings, type StackSettings } from "./lib/stack/settings.ts";
import { askConfirmations, saveConfirmations } from "./lib/verification/confirmations.ts";
import { Phases } from "./lib/verification/phases.ts";
import { judgeTrackedFiles } from "./lib/verification/tracked-files.ts";
import { directly, throughServer } from "./lib/verification/vantage-points.ts";
import type { Verification } from "./lib/verification/verification.ts";

const help = `Usage: npm run verify -- [OPTION …]

Checks what the stack's Binance key may do, from the server's address and from here, and the account's
safety: the eight points of the checklist, and more. Nothing is changed and no order is placed.

  --stack NAME  another stack than the selected one
  --confirm     asks for the three points that no endpoint tells, keeps the answers in the stack's settings
                with their date, and goes on
  --json        the findings as JSON; docs/verify.md describes it
  --timings     says on standard error how long each phase took
  --verbose     says on standard error what is asked, and how it was answered
  --help        this text

The exit code is 0 where everything passes, 1 where something fails, 2 where something could not be checked.
`;

const flag = { type: "boolean", default: false } as const;

interface Options {
  stack: string | undefined;
  verbose: boolean;
}

async function main(): Promise<number> {
  const { values } = readArguments(
    {
      options: {
        help: { ...flag, short: "h" },
        stack: { type: "string" },
        confirm: flag,
        json: flag,
        timings: flag,
        verbose: flag,
      },
    },
    help,
  );
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const options = { stack: values.stack, verbose: values.verbose };
  const phases = new Phases();
  const { outputs, settings } = await readStack(options, phases);
  if (values.confirm) {
    await confirm(settings, options);
  }

  const verification = await verify(outputs, settings, options, phases);
  const { stdout } = process;
  stdout.write(
    values.json ? reportJson(verification) : reportTable(verification, mayColour(stdout, process.env)),
  );
  if (values.timings) {
    process.stderr.write(`\n${phases.describe()}`);
  }
  return exitCode(overall(verification.findings.map(({ verdict }) => verdict)));
}

async function readStack({ stack }: Options, phases: Phases) {
  const reading = Promise.all([readStackOutputs(stack), readStackSettings(stack)]);
  const [outputs, settings] = await phases.during("reading the stack", reading);
  return { outputs, settings };
}

async function confirm(settings: StackSettings, { stack }: Options): Promise<void> {
  const key = keyFingerprint(settings.keyPair.apiKey);
  settings.confirmations = await askConfirmations(key, Date.now(), process.stdin, process.stderr);
  await saveConfirmations(settings.confirmations, stack);
}

/** Asks in both places and in git, side by side, and judges. */
async function verify(
  outputs: StackOutputs,
  settings: StackSettings,
  { verbose }: Options,
  phases: Phases,
): Promise<Verification> {
  const { keyPair } = settings;
  const ipAddress = outputs.host;
  const clock = Promise.withResolvers<Attempt<ClockReading>>();
  const connecting = phases.begin("SSH and TLS to Binance");
  const throughIt = throughServer(
    outputs,
    keyPair,
    (client) => observe(client, clock.resolve),
    (trouble) => {
      clock.resolve({ ok: false, trouble });
      return nothing(trouble);
    },
    { onReady: connecting, onReply: reporter("server", verbose) },
  );
  const [server, direct, trackedFiles] = await Promise.all([
    phases.during("all questions by the server", throughIt),
    phases.during(
      "without the tunnel",
      directly(ipAddress, keyPair, clock.promise, reporter("direct", verbose)),
    ),
    phases.during("searching tracked files", judgeTrackedFiles(keyPair, process.cwd())),
  ]);
  const now = Date.now();
  const key = keyFingerprint(keyPair.apiKey);
  const pairName = fingerprint(keyPair);
  return {
    ipAddress,
    keyPair: pairName,
    live: outputs.liveKeyPair === pairName,
    keyName: settings.keyName,
    at: now,
    findings: checklist({ ipAddress, server, direct, settings, key, now, trackedFiles }),
    balances: server.account.ok ? server.account.value.balances : undefined,
  };
}

function reporter(place: string, verbose: boolean) {
  return ({ method, path }: Call, outcome: string, milliseconds: number): void => {
    if (verbose) {
      process.stderr.write(`${place}: ${method} ${path}: ${outcome}, ${Math.round(milliseconds)} ms\n`);
    }
  };
}

await runMain(main);
