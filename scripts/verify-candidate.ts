import * as z from "zod";
import { findCopyErrors } from "../binance/copy-errors.ts";
import { findMadePairErrors } from "../binance/made-pair.ts";
import { exitCode, overall } from "../checklist/finding.ts";
import { gateFindings } from "../checklist/gate.ts";
import { noObservations, observeCore } from "../checklist/observations.ts";
import { verificationMode, verificationSettings } from "../checklist/verification-settings.ts";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { candidateReport } from "./lib/report/candidate-report.ts";
import { server } from "./lib/ssh/server.ts";
import { NoKeyOnServer, withKey } from "./lib/ssh/signing.ts";
import { futuresThrough, throughServer } from "./lib/verification/vantage-points.ts";

// Checks a new key pair before `pulumi up` activates it. The report goes to standard error. The exit code is 0 if the pair
// passes or `verification` is "warn", 1 if it fails, 2 if it could not be checked.

const keyPair = z
  .object({ apiKey: z.string(), apiSecret: z.string() })
  .refine(({ apiKey, apiSecret }) =>
    findCopyErrors(apiKey, apiSecret).every(({ severity }) => severity !== "error"),
  );

const madePair = z
  .object({ apiKey: z.string(), publicKey: z.string() })
  .refine(
    ({ apiKey, publicKey }) => findMadePairErrors({ apiKey, apiSecret: undefined, publicKey }).length === 0,
  );

const candidate = z.object({
  keyPair: z.union([keyPair, madePair]),
  server,
  verification: verificationMode.exclude(["off"]),
  permissions: verificationSettings.shape.permissions,
  acceptedPermissions: z.array(z.string()).default([]),
  testPair: z.string().optional(),
});

await pulumiStep(candidate, async ({ keyPair, server, verification, testPair, ...rules }) => {
  try {
    return await withKey(server, keyPair, async (key) => {
      const futures = futuresThrough(server, key, rules.permissions);
      const observed = await throughServer(
        server,
        key,
        (client) => observeCore(client, { testPair, futures }),
        noObservations,
      );
      const findings = gateFindings(observed, server.host, rules);
      const verdict = overall(findings.map((finding) => finding.verdict));
      const onlyWarns = verification === "warn";
      process.stderr.write(candidateReport(findings, server.host, onlyWarns));
      return onlyWarns ? 0 : exitCode(verdict);
    });
  } catch (error) {
    if (error instanceof NoKeyOnServer) {
      // There is nothing to verify, and the server is complete without a key: `pulumi up` goes on, and warns.
      process.stderr.write(`${error.message}\n`);
      return 0;
    }
    throw error;
  }
});
