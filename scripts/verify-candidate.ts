import { text } from "node:stream/consumers";
import { activationFindings } from "../checklist/activation.ts";
import { exitCode, overall } from "../checklist/finding.ts";
import { nothing, observeCore } from "../checklist/observations.ts";
import { runMain } from "./lib/command/user-error.ts";
import { candidateReport } from "./lib/report/candidate-report.ts";
import { parseCandidate } from "./lib/verification/candidate.ts";
import { throughServer } from "./lib/verification/vantage-points.ts";

// `pulumi up` runs this before it activates a new key pair; no person does. One line of JSON on standard input
// (shared/candidate.ts), a short finding on standard error, nothing on standard output. The exit code is 0 where
// the pair passes (or "warn" was given), 1 where it fails, 2 where that could not be known.

async function main(): Promise<number> {
  const { keyPair, server, verification } = parseCandidate(await text(process.stdin));
  const observed = await throughServer(server, keyPair, (client) => observeCore(client), nothing);
  const findings = activationFindings(observed, server.host);
  const verdict = overall(findings.map((finding) => finding.verdict));
  process.stderr.write(candidateReport(findings, server.host, verification));
  return verification === "warn" ? 0 : exitCode(verdict);
}

await runMain(main);
