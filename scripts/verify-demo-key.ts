import * as z from "zod";
import { apiRestrictions } from "../binance/calls.ts";
import type { BinanceClient } from "../binance/client.ts";
import type { Result } from "../binance/failure.ts";
import { restrictionsReply } from "../binance/replies.ts";
import { demoHosts } from "../binance/request.ts";
import { demoCall, demoKeyFindings } from "../checklist/demo-key.ts";
import { exitCode, overall } from "../checklist/finding.ts";
import { readClock } from "../checklist/observations.ts";
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

/** The clock comes first: a wrong one here must not look like a refusal. */
async function readRealAccount(client: BinanceClient): Promise<RealAccount> {
  const clock = await readClock(client);
  const reply = clock.ok ? await client.request(apiRestrictions, restrictionsReply) : clock;
  return { reply, clockDifference: client.clockDifference };
}

interface RealAccount {
  reply: Result<unknown>;
  clockDifference: number;
}

await pulumiStep(candidate, async ({ keyPair, server, permissions }) => {
  const { reply, clockDifference } = await throughServer<RealAccount>(
    server,
    keyPair,
    readRealAccount,
    (failure) => ({
      reply: { ok: false, failure },
      clockDifference: 0,
    }),
  );
  const demo = await throughServer<Result<unknown>>(
    server,
    keyPair,
    (client) => {
      client.clockDifference = clockDifference;
      return client.request(demoCall[permissions], z.looseObject({}));
    },
    (failure) => ({ ok: false, failure }),
    { host: demoHosts[permissions] },
  );
  const findings = demoKeyFindings({ demo, real: reply }, permissions);
  process.stderr.write(demoKeyReport(findings));
  return exitCode(overall(findings.map(({ verdict }) => verdict)));
});
