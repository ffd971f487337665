import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { readEncryptedParts } from "./bot/encrypted-parts.ts";
import { checkSshAgent } from "./checks/ssh-agent.ts";
import { describe, describeAll } from "./finding.ts";
import { parseSettings, type Settings } from "./settings.ts";

/** Not what Pulumi says (getRootDirectory): not every version of it does. */
const projectFolder = join(import.meta.dirname, "../..");

/** In this variable the language host lists the names of the settings that are stored encrypted, as JSON. */
const secretNames = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));

/**
 * Reads the stack's settings. Warnings are logged.
 *
 * @throws RunError with all mistakes together, before any resource is declared
 */
export async function readSettings(): Promise<Settings> {
  const project = pulumi.getProject();
  const encrypted = secretNames.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
  const { settings, findings } = parseSettings({
    project,
    values: pulumi.runtime.allConfig(),
    secretNames: encrypted,
    encryptedBotParts: encrypted.includes(`${project}:bot`)
      ? await readEncryptedParts(projectFolder, pulumi.getStack(), project)
      : [],
    endpointVariable: process.env.HCLOUD_ENDPOINT,
  });
  findings.push(...(await checkSshAgent(process.env.SSH_AUTH_SOCK)));
  const errors = findings.filter(({ severity }) => severity === "error");
  if (settings === undefined || errors.length > 0) {
    throw new pulumi.RunError(describeAll(errors, pulumi.getStack()));
  }
  for (const warning of findings) {
    void pulumi.log.warn(describe(warning));
  }
  return settings;
}
