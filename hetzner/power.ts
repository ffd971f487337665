import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import { HetznerError, isPassing } from "./failure.ts";
import type { Server } from "./replies.ts";
import { readServer } from "./server.ts";

/** A bot may take its time to stop, and the operating system waits for it. */
const shutDownLimit = 5 * 60_000;
/** The button is pressed again after this time: a system that is just starting doesn't hear it. */
const pressAgainAfter = 60_000;
/** A type change copies the disk before the server can be turned on. */
const powerOnLimit = 15 * 60_000;
const pollEvery = 2_000;
/** How often Hetzner may refuse to turn a server on before it is given up. */
const mostRefusals = 5;

/**
 * Shuts a server down through its operating system, which stops the bot as a reboot does, and waits until it is off.
 * A lost answer does no harm: what counts is the status that Hetzner reports.
 *
 * @throws HetznerError, code "unfinished" if it is still on after some minutes: its power is never cut
 */
export async function shutDown(client: HetznerClient, id: number): Promise<void> {
  const { clock } = client;
  const deadline = clock.now() + shutDownLimit;
  let pressedAt = -Infinity;
  while (clock.now() < deadline) {
    const current = await read(client, id, deadline);
    if (current.status === "off") {
      return;
    }
    if (current.status === "running" && clock.now() - pressedAt >= pressAgainAfter) {
      pressedAt = clock.now();
      await attempt(() => client.act(`/servers/${id}/actions/shutdown`));
    }
    await clock.sleep(pollEvery);
  }
  throw new HetznerError(
    "unfinished",
    `The server ${id} is still on, ${shutDownLimit / 60_000} minutes after the request to shut down. Its power was not cut. If it goes off later, the next pulumi up switches it on.`,
  );
}

/**
 * Switches a server on if it is off, and waits until it runs. What Hetzner does with it at the moment is waited for.
 *
 * @returns whether it was off
 * @throws HetznerError
 */
export async function ensureOn(client: HetznerClient, id: number): Promise<boolean> {
  const { clock } = client;
  const deadline = clock.now() + powerOnLimit;
  let wasOff = false;
  let refusals = 0;
  while (clock.now() < deadline) {
    const { status } = await read(client, id, deadline);
    if (status === "running" && (wasOff || !(await isShuttingDown(client, id, deadline)))) {
      return wasOff;
    }
    if (status === "off") {
      wasOff = true;
      const failure = await attempt(() => client.act(`/servers/${id}/actions/poweron`));
      refusals += failure === undefined || isPassing(failure) ? 0 : 1;
      if (failure !== undefined && refusals >= mostRefusals) {
        throw failure;
      }
    }
    await clock.sleep(pollEvery * 2 ** refusals);
  }
  throw new HetznerError(
    "unfinished",
    `The server ${id} doesn't run, ${powerOnLimit / 60_000} minutes after the request to turn it on.`,
  );
}

/** A server shows "running" until its operating system has shut down; after this time, in ms, it won't any more. */
const shutDownShows = 2 * 60_000;
/** Actions that end a shutdown, one way or the other. A server whose type is changed is off before. */
const powerCommands = new Set([
  "shutdown_server",
  "start_server",
  "stop_server",
  "reboot_server",
  "reset_server",
  "change_server_type",
  "rebuild_server",
]);
const actionsReply = z.looseObject({
  actions: z.array(z.looseObject({ command: z.string(), started: z.string() })),
});

/** Whether an interrupted run has just pressed the button to shut down. */
async function isShuttingDown(client: HetznerClient, id: number, deadline: number): Promise<boolean> {
  const path = `/servers/${id}/actions?sort=id:desc&per_page=10`;
  const { actions } = await withRetries(client, deadline, () => client.get(path, actionsReply));
  const last = actions.find(({ command }) => powerCommands.has(command));
  return last?.command === "shutdown_server" && client.clock.now() - Date.parse(last.started) < shutDownShows;
}

/** What the owner must hear about a server that could not be switched on. */
export function stillOff(error: HetznerError): string {
  return [
    `THE SERVER IS OFF, and could not be switched on: ${error.message}`,
    "The bot doesn't run. `pulumi up` tries again, also if you set serverType back. Hetzner's Console can switch it on as well.",
  ].join("\n");
}

/** The answer of Hetzner was lost, or a run was killed, after the type was changed. */
export function changedAlready(serverType: string): string {
  return `The server is a ${serverType} at Hetzner, and it is on, but Pulumi's state says something else: an earlier step was interrupted. To let Pulumi know, run: pulumi up --refresh`;
}

function read(client: HetznerClient, id: number, deadline: number): Promise<Server> {
  return withRetries(client, deadline, () => readServer(client, id));
}

/** A connection that is lost for a while does no harm here. */
async function withRetries<T>(client: HetznerClient, deadline: number, read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof HetznerError) || !isPassing(error) || client.clock.now() >= deadline) {
        throw error;
      }
      await client.clock.sleep(pollEvery);
    }
  }
}

/** Refusals that stay until a person changes something. */
const lasting = new Set(["unauthorized", "token_readonly", "forbidden", "not_found"]);

/**
 * Performs a step that is repeated after another look at the server.
 *
 * @returns its failure, if another try may succeed
 * @throws HetznerError if another try can't succeed
 */
async function attempt(step: () => Promise<void>): Promise<HetznerError | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    if (!(error instanceof HetznerError) || lasting.has(error.code)) {
      throw error;
    }
    return error;
  }
}
