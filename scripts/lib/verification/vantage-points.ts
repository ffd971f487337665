import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { apiRestrictions } from "../../../binance/calls.ts";
import { BinanceClient, type ClientKey, type ClientOptions } from "../../../binance/client.ts";
import { BinanceError, type Failure, type Result } from "../../../binance/failure.ts";
import { restrictionsReply } from "../../../binance/replies.ts";
import { binanceHost } from "../../../binance/request.ts";
import type { Permissions } from "../../../checklist/key-rules.ts";
import type { ClockReading, DirectObservation } from "../../../checklist/observations.ts";
import type { Connect } from "../../../checklist/trading-observations.ts";
import { exitOnSignals, startAgent } from "../ssh/agent.ts";
import { tunnelArguments } from "../ssh/arguments.ts";
import { keysOf, type Server } from "../ssh/server.ts";
import { openTunnel } from "../ssh/tunnel.ts";

/** Called after each request. */
export type OnReply = NonNullable<ClientOptions["onReply"]>;

/**
 * Calls Binance through the server: ssh carries one TLS connection, which ends on this computer.
 *
 * @param use gets the connected client
 * @param onFailure makes a result if there was no connection
 * @param onReady called when both connections are open
 */
export async function throughServer<T>(
  server: Server,
  keyPair: ClientKey,
  use: (client: BinanceClient) => Promise<T>,
  onFailure: (failure: Failure) => T,
  { onReply, onReady, host = binanceHost }: { onReply?: OnReply; onReady?: () => void; host?: string } = {},
): Promise<T> {
  exitOnSignals();
  const agent = await startAgent(keysOf(server));
  const tunnel = openTunnel(tunnelArguments(server, agent.socket, `${host}:443`));
  try {
    const client = await BinanceClient.open({
      socket: tunnel.socket,
      keyPair,
      host,
      explain: tunnel.explain,
      ...(onReply && { onReply }),
    });
    onReady?.();
    try {
      return await use(client);
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof BinanceError) {
      return onFailure(error.failure);
    }
    throw error;
  } finally {
    tunnel.close();
    agent.close();
  }
}

/** For a key that trades futures: a further connection through the server, to the host of futures. */
export function futuresThrough(
  server: Server,
  keyPair: ClientKey,
  permissions: Permissions,
  onReply?: OnReply,
): Connect | undefined {
  return permissions === "futures"
    ? (host, use, onFailure) =>
        throughServer(server, keyPair, use, onFailure, { host, ...(onReply && { onReply }) })
    : undefined;
}

/**
 * Uses the key from this computer, where Binance must refuse it. It sends one request, which only reads.
 *
 * @param clock Binance's clock, as read through the server. If it could not be read, nothing is sent
 */
export async function directly(
  ipAddress: string,
  keyPair: ClientKey,
  clock: Promise<Result<ClockReading>>,
  onReply?: OnReply,
): Promise<DirectObservation> {
  // Whitelists have IPv4 addresses only: that an IPv6 address is refused would prove nothing.
  const socket = connect({ host: binanceHost, port: 443, family: 4 });
  const opening = BinanceClient.open({ socket, keyPair, ...(onReply && { onReply }) });
  // It is awaited below. Until then a failure must not end the process.
  opening.catch(() => undefined);
  try {
    const reading = await clock;
    if (!reading.ok) {
      socket.destroy();
      return { result: { ok: false, failure: { kind: "skipped" } }, sharesAddress: false };
    }
    const client = await opening;
    const sharesAddress = hasAddress(ipAddress) || socket.localAddress === ipAddress;
    client.clockDifference = reading.value.differenceMs;
    const result = await client.request(apiRestrictions, restrictionsReply);
    client.close();
    return { result, sharesAddress };
  } catch (error) {
    if (!(error instanceof BinanceError)) {
      throw error;
    }
    return { result: { ok: false, failure: error.failure }, sharesAddress: false };
  }
}

/** Whether one of this computer's network interfaces has the address. */
function hasAddress(ipAddress: string): boolean {
  return Object.values(networkInterfaces()).some((interfaces) =>
    interfaces?.some(({ address }) => address === ipAddress),
  );
}
