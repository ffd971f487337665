import type { ClientKey } from "../../../binance/client.ts";
import type { Result } from "../../../binance/failure.ts";
import { fingerprint, isMade, keyFingerprint } from "../../../binance/key-pair.ts";
import type { Call } from "../../../binance/request.ts";
import { checklist } from "../../../checklist/checklist.ts";
import { type ClockReading, noObservations, observe } from "../../../checklist/observations.ts";
import type { Verification } from "../report/verification.ts";
import { withKey } from "../ssh/signing.ts";
import { readLivePair } from "../stack/live-pair.ts";
import type { StackOutputs } from "../stack/outputs.ts";
import type { StackSettings } from "../stack/settings.ts";
import { Phases } from "./phases.ts";
import { judgeTrackedFiles } from "./tracked-files.ts";
import { directly, futuresThrough, type OnReply, throughServer } from "./vantage-points.ts";

interface VerifyOptions {
  verbose?: boolean;
  phases?: Phases;
}

/** Calls Binance from both vantage points and searches git, all at the same time, and judges the results. */
export function verify(
  outputs: StackOutputs,
  settings: StackSettings,
  options: VerifyOptions = {},
): Promise<Verification> {
  return withKey(outputs, settings.keyPair, (key) => verifyWith(key, outputs, settings, options));
}

async function verifyWith(
  keyPair: ClientKey,
  outputs: StackOutputs,
  settings: StackSettings,
  { verbose = false, phases = new Phases() }: VerifyOptions,
): Promise<Verification> {
  const { host: ipAddress, standbyIp } = outputs;
  // The direct request has Binance's time, which is read through the server.
  const clock = Promise.withResolvers<Result<ClockReading>>();
  const connected = phases.begin("SSH and TLS to Binance");
  const onReply = replyLogger("server", verbose);
  const futures = futuresThrough(outputs, keyPair, settings.permissions, onReply);
  const observing = throughServer(
    outputs,
    keyPair,
    (client) => observe(client, { onClock: clock.resolve, testPair: settings.testPair, futures }),
    (failure) => {
      clock.resolve({ ok: false, failure });
      return noObservations(failure);
    },
    { onReady: connected, onReply },
  );
  const [server, direct, trackedFiles, onServer] = await Promise.all([
    phases.during("requests through the server", observing),
    phases.during(
      "request from this computer",
      directly(ipAddress, keyPair, clock.promise, replyLogger("direct", verbose)),
    ),
    phases.during("searching tracked files", judgeTrackedFiles(settings.keyPair, process.cwd())),
    phases.during("reading which pair is live", readLivePair(outputs)),
  ]);
  const now = Date.now();
  const key = keyFingerprint(keyPair.apiKey);
  const pairName = fingerprint(settings.keyPair);
  return {
    ipAddress,
    standbyIp,
    keyPair: pairName,
    live: onServer === pairName,
    inPaperMode: outputs.isPaper,
    keyName: settings.keyName,
    at: now,
    findings: checklist({
      ipAddress,
      standbyIp,
      server,
      direct,
      settings,
      pair: pairName,
      onServer,
      key,
      isMade: isMade(settings.keyPair),
      now,
      trackedFiles,
    }),
    balances: server.account.ok ? server.account.value.balances : undefined,
  };
}

/** Prints each request and its result for --verbose. */
function replyLogger(vantagePoint: string, verbose: boolean): OnReply {
  return ({ method, path }: Call, outcome: string, milliseconds: number): void => {
    if (verbose) {
      process.stderr.write(
        `${vantagePoint}: ${method} ${path}: ${outcome}, ${Math.round(milliseconds)} ms\n`,
      );
    }
  };
}
