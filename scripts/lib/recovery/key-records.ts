import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { generateKeyPair } from "../ssh/key.ts";
import type { ExportedResource, ExportedState } from "../stack/exported-state.ts";
import { toSecret } from "../stack/secret-value.ts";

// New SSH keys in a state that has lost them, as `pulumi up` records them (components/commands/ssh-key-pair.ts). `pulumi up`
// itself can't make them first: it would fail at the server that the state doesn't know.

const server = "trading-bot-server:index:BotServer";
const pair = `${server}$trading-bot-server:index:SshKeyPair`;
const names = ["deploy-key", "initial-host-key", "permanent-host-key"];

/** @param prefix of the stack's URNs, such as "urn:pulumi:prod::trading-bot-server" */
export function withNewKeys(state: ExportedState, prefix: string): ExportedState {
  const { deployment } = state;
  const present = new Set(deployment.resources.map(({ urn }) => urn));
  const provider =
    deployment.resources.find(({ type }) => type === "pulumi:providers:command") ?? commandProvider(prefix);
  const root = deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const wanted = [
    ...(root === undefined ? [] : [root]),
    provider,
    component(`${prefix}::${server}::server`, server, root?.urn),
    ...names.flatMap((name) => keyRecords(prefix, name, provider)),
  ];
  const added = wanted.filter(({ urn }) => !present.has(urn));
  return { ...state, deployment: { ...deployment, resources: [...deployment.resources, ...added] } };
}

function keyRecords(prefix: string, name: string, provider: ExportedResource): ExportedResource[] {
  const parent = `${prefix}::${pair}::${name}`;
  const { privateKey, publicKey } = generateKeyPair(name);
  const inputs = {
    addPreviousOutputInEnv: false,
    create: "node --disable-warning=ExperimentalWarning scripts/make-ssh-key-pair.ts",
    environment: { COMMENT: name },
    logging: "none",
  };
  const command = {
    urn: `${prefix}::${pair}$command:local:Command::${name}`,
    custom: true,
    id: `${name}${randomUUID().slice(0, 8)}`,
    type: "command:local:Command",
    inputs,
    outputs: { ...inputs, stdout: toSecret(`${privateKey}${publicKey}\n`), stderr: toSecret("") },
    parent,
    provider: `${provider.urn}::${provider.id ?? ""}`,
    additionalSecretOutputs: ["stdout", "stderr"],
  };
  return [component(parent, "trading-bot-server:index:SshKeyPair", `${prefix}::${server}::server`), command];
}

function component(urn: string, type: string, parent: string | undefined): ExportedResource {
  return { urn, custom: false, type, ...(parent !== undefined && { parent }) };
}

const packageFile = z.looseObject({ dependencies: z.looseObject({ "@pulumi/command": z.string() }) });

/** The default one of this version of the program. */
function commandProvider(prefix: string): ExportedResource {
  const file = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  const version = packageFile.parse(parseJson(file)).dependencies["@pulumi/command"];
  return {
    urn: `${prefix}::pulumi:providers:command::default_${version.replaceAll(".", "_")}`,
    custom: true,
    id: randomUUID(),
    type: "pulumi:providers:command",
    inputs: { version },
    outputs: { version },
  };
}
