import * as z from "zod";
import { demoKeyFindings, observeDemoKey } from "../checklist/demo-key.ts";
import { exitCode, overall } from "../checklist/finding.ts";
import { verificationSettings } from "../checklist/verification-settings.ts";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { demoKeyReport } from "./lib/report/candidate-report.ts";
import { server } from "./lib/ssh/server.ts";
import { throughServer } from "./lib/verification/vantage-points.ts";

// Checks that a key pair for paper mode is one of Binance's demo account, before `pulumi up` gives it to the bot. The report
// goes to standard error. The exit code is 0 if it is, 1 if it isn't, 2 if it could not be checked.

const candidate = z.object({
  keyPair: z.object({ apiKey: z.string(), apiSecret: z.string() }),
  server,
  permissions: verificationSettings.shape.permissions,
});

await pulumiStep(candidate, async ({ keyPair, server, permissions }) => {
  const observed = await observeDemoKey(
    (host, use, onFailure) => throughServer(server, keyPair, use, onFailure, { host }),
    permissions,
  );
  const findings = demoKeyFindings(observed, permissions);
  process.stderr.write(demoKeyReport(findings));
  return exitCode(overall(findings.map(({ verdict }) => verdict)));
});
