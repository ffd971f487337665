import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson } from "../../../binance/json.ts";
import { orReason } from "../command/user-error.ts";
import { parseExported } from "../stack/exported-state.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import { printSettings } from "../stack/settings.ts";
import { addressesIn, parseStackState } from "../stack/state.ts";
import type { KitPart } from "./kit.ts";

/** Reads everything that the kit has. @param name the stack's own name */
export async function readKitParts(name: string, stack: string | undefined): Promise<KitPart[]> {
  const backend = runPulumi(["whoami", "--verbose"], undefined, "The Pulumi CLI isn't logged in.");
  const state = runPulumi(["stack", "export"], stack, "The stack's state can't be read.");
  return [
    backendPart(await orReason(backend)),
    await settingsPart(name, stack),
    ...stateParts(await orReason(state)),
  ];
}

function backendPart(shown: string): KitPart {
  return {
    name: "BACKEND",
    purpose: "Where the state was kept (pulumi whoami --verbose), for comparison:",
    content: /backend/i.test(shown) ? shown : { missing: shown },
  };
}

/** The file as it is: its secrets are encrypted. They are read once, because a kit whose secrets can't be read is useless. */
async function settingsPart(name: string, stack: string | undefined): Promise<KitPart> {
  const file = `Pulumi.${name}.yaml`;
  const purpose = `The settings, which belong into ${file} in the project's folder:`;
  const shown = await orReason(printSettings(stack));
  if (parseJson(shown) === undefined) {
    return { name: "SETTINGS", purpose, content: { missing: shown } };
  }
  try {
    const content = readFileSync(join(import.meta.dirname, "../../..", file), "utf8");
    return { name: "SETTINGS", purpose, content };
  } catch {
    return { name: "SETTINGS", purpose, content: { missing: `${file} can't be read.` } };
  }
}

/** The state as it is exported, with its secrets encrypted; and what in it a person may need without Pulumi. */
function stateParts(exported: string): KitPart[] {
  const purpose = "The stack's state, for pulumi stack import:";
  if (parseJson(exported) === undefined || parseExported(exported).deployment.resources.length === 0) {
    const missing = parseJson(exported) === undefined ? exported : "The stack has made nothing yet.";
    return [{ name: "STATE", purpose, content: { missing } }];
  }
  const addresses = addressesIn(parseStackState(exported)).map(({ ipAddress }) => ipAddress);
  return [
    { name: "STATE", purpose, content: exported },
    {
      name: "ADDRESS",
      purpose: "What is whitelisted at Binance, the server's address first:",
      content: addresses.length === 0 ? { missing: "The stack has no address yet." } : addresses.join("\n"),
    },
  ];
}
