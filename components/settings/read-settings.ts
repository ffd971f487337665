import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { describe, describeAll } from "./finding.ts";
import { examineSshAgent } from "./operator-environment.ts";
import { parseSettings, type Settings } from "./settings.ts";

/** The language host tells in this variable which names are stored encrypted, as a JSON list. */
const secretNames = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));

/**
 * The stack's settings. Warnings are logged.
 *
 * @throws RunError with all mistakes together, before any resource is declared
 */
export function readSettings(): Settings {
  const { settings, findings } = parseSettings({
    project: pulumi.getProject(),
    values: pulumi.runtime.allConfig(),
    secretNames: secretNames.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]"),
  });
  findings.push(...examineSshAgent(process.env.SSH_AUTH_SOCK));
  const errors = findings.filter(({ severity }) => severity === "error");
  if (settings === undefined || errors.length > 0) {
    throw new pulumi.RunError(describeAll(errors, pulumi.getStack()));
  }
  for (const warning of findings) {
    void pulumi.log.warn(describe(warning));
  }
  return settings;
}
