import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { listSetting } from "../../../checklist/list-setting.ts";
import { versionOfProgram } from "../../../checklist/own-version.ts";
import { verificationSettings } from "../../../checklist/verification-settings.ts";
import { HetznerClient } from "../../../hetzner/client.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { type Server as ServerAtHetzner, server as serverReplyAtHetzner } from "../../../hetzner/replies.ts";
import { messageFor } from "../command/main.ts";
import { UserError } from "../command/user-error.ts";
import { runRemotely, unknownCommand } from "../ssh/remote.ts";
import { hetznerAccess } from "../stack/hetzner.ts";
import { readStackOutputs, type StackOutputs } from "../stack/outputs.ts";
import { printSettings, valuesIn } from "../stack/settings.ts";
import { serverReply } from "./server-reply.ts";
import type { FromServer, Reading, StackStatus, StatusSettings, UnreadableStack } from "./stack-status.ts";

/** For how long the server may be asked, in minutes. */
const serverMinutes = 2;

/** The first line is the address of this computer, as the server sees it. sudo doesn't pass the variable on. */
const serverCommand = 'echo "${SSH_CONNECTION%% *}"; sudo server-status show';

const statusSettings = z.object({
  adminCidrs: listSetting.default([]),
  renewAfterMonths: verificationSettings.shape.renewAfterMonths,
});

/**
 * Asks Pulumi, Hetzner and the server about a stack, at the same time. Each of them may fail.
 *
 * @param name the stack's own name, for people
 * @param stack as in --stack; undefined for the selected one
 */
export async function lookAtStack(
  name: string,
  stack: string | undefined,
): Promise<StackStatus | UnreadableStack> {
  const settings = reading(printSettings(stack));
  const outputs = await reading(readStackOutputs(stack));
  if (!outputs.ok) {
    // Its failure doesn't matter any more.
    await settings;
    return { stack: name, reason: outputs.reason };
  }
  const { host, order, hasServer } = outputs.value;
  if (!hasServer) {
    await settings;
    const reason = `The stack has no server any more. Its address ${host} is kept for the next one. To order that: pulumi up`;
    return { stack: name, reason };
  }
  const [read, fromServer] = await Promise.all([
    withSettings(settings, order.name),
    askServer(outputs.value),
  ]);
  return { stack: name, ipAddress: host, order, ownVersion: versionOfProgram(), ...read, fromServer };
}

/** What needs the settings: Hetzner's token is one of them. */
async function withSettings(
  printed: Promise<Reading<string>>,
  serverName: string | undefined,
): Promise<Pick<StackStatus, "settings" | "atHetzner">> {
  const json = await printed;
  if (!json.ok) {
    return { settings: json, atHetzner: json };
  }
  return { settings: readSettings(json.value), atHetzner: await reading(askHetzner(json.value, serverName)) };
}

function readSettings(json: string): Reading<StatusSettings> {
  const { data } = statusSettings.safeParse(valuesIn(json));
  return data === undefined
    ? { ok: false, reason: "A setting is invalid: `pulumi preview` says which." }
    : { ok: true, value: data };
}

/** @throws HetznerError, UserError */
async function askHetzner(settings: string, name: string | undefined): Promise<ServerAtHetzner | undefined> {
  if (name === undefined) {
    throw new UserError("The stack's outputs don't have the server's name. Run `pulumi up`.");
  }
  const client = new HetznerClient(hetznerAccess(settings, process.env.HCLOUD_ENDPOINT));
  return (await client.list("servers", serverReplyAtHetzner, { name })).at(0);
}

/** @throws UserError if there is no connection, or no sound answer */
async function askServer(server: StackOutputs): Promise<Reading<FromServer>> {
  return reading(ask(server));
}

async function ask(server: StackOutputs): Promise<FromServer> {
  const { code, stdout } = await runRemotely(server, serverCommand, { minutes: serverMinutes });
  const [caller = "", ...rest] = stdout.split("\n");
  const { data } = serverReply.safeParse(parseJson(rest.join("\n")));
  if (data !== undefined) {
    return { status: data, caller: z.ipv4().safeParse(caller).data };
  }
  if (code === unknownCommand || code === 1 || code === 127) {
    throw new UserError("The server doesn't have the tool for this yet. To install it: pulumi up");
  }
  throw new UserError("The server's answer can't be read. To install its tools again: pulumi up");
}

/** @throws what isn't a failure that a person can do something about */
async function reading<T>(promise: Promise<T>): Promise<Reading<T>> {
  try {
    return { ok: true, value: await promise };
  } catch (error) {
    if (error instanceof UserError || error instanceof HetznerError) {
      return { ok: false, reason: messageFor(error) };
    }
    throw error;
  }
}
