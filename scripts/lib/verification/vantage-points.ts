import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { apiRestrictions } from "../../../binance/calls.ts";
import { BinanceClient, type ClientOptions } from "../../../binance/client.ts";
import { type Attempt, BinanceError, type Trouble } from "../../../binance/errors.ts";
import type { KeyPair } from "../../../binance/key-pair.ts";
import { restrictionsReply } from "../../../binance/replies.ts";
import { binanceHost } from "../../../binance/request.ts";
import type { ClockReading, DirectObservation } from "../../../checklist/observations.ts";
import { tunnelArguments } from "../ssh/arguments.ts";
import { exitOnSignals, writeKeyFile } from "../ssh/key-file.ts";
import type { Server } from "../ssh/server.ts";
import { openTunnel } from "../ssh/tunnel.ts";

/** How a request is reported while it runs: for --verbose. */
export type OnReply = NonNullable<ClientOptions["onReply"]>;

/**
 * Asks Binance through the server: one ssh connection, in it one TLS connection that ends here.
 *
 * @param onReady called when both stand
 * @returns what `ask` returns, or what `otherwise` makes of the way's trouble
 */
export async function throughServer<T>(
  server: Server,
  keyPair: KeyPair,
  ask: (client: BinanceClient) => Promise<T>,
  otherwise: (trouble: Trouble) => T,
  { onReply, onReady }: { onReply?: OnReply; onReady?: () => void } = {},
): Promise<T> {
  exitOnSignals();
  const keyFile = writeKeyFile(server.deployKey);
  const tunnel = openTunnel(tunnelArguments(server, keyFile.path, `${binanceHost}:443`));
  try {
    const client = await BinanceClient.open({
      socket: tunnel.socket,
      keyPair,
      explain: tunnel.explain,
      ...(onReply && { onReply }),
    });
    // ssh has read it.
    keyFile.remove();
    onReady?.();
    try {
      return await ask(client);
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof BinanceError) {
      return otherwise(error.trouble);
    }
    throw error;
  } finally {
    tunnel.close();
    keyFile.remove();
  }
}

/**
 * Uses the key from this computer, where it must be refused: one request that reads.
 *
 * @param clock the exchange's clock as the server's way told it. Without it nothing is asked here
 */
export async function directly(
  ipAddress: string,
  keyPair: KeyPair,
  clock: Promise<Attempt<ClockReading>>,
  onReply?: OnReply,
): Promise<DirectObservation> {
  // IPv4, as whitelists hold nothing else: a refused IPv6 address would prove nothing.
  const socket = connect({ host: binanceHost, port: 443, family: 4 });
  const opening = BinanceClient.open({ socket, keyPair, ...(onReply && { onReply }) });
  // It is awaited below; until then its failure must not end the process.
  opening.catch(() => undefined);
  try {
    const reading = await clock;
    if (!reading.ok) {
      socket.destroy();
      return { attempt: { ok: false, trouble: { kind: "skipped" } }, sharesAddress: false };
    }
    const client = await opening;
    const sharesAddress = hasAddress(ipAddress) || socket.localAddress === ipAddress;
    client.clockDifference = reading.value.differenceMs;
    const attempt = await client.ask(apiRestrictions, restrictionsReply);
    client.close();
    return { attempt, sharesAddress };
  } catch (error) {
    if (!(error instanceof BinanceError)) {
      throw error;
    }
    return { attempt: { ok: false, trouble: error.trouble }, sharesAddress: false };
  }
}

/** Whether one of this computer's network interfaces has the address. */
function hasAddress(ipAddress: string): boolean {
  return Object.values(networkInterfaces()).some((interfaces) =>
    interfaces?.some(({ address }) => address === ipAddress),
  );
}
