import { readFileSync } from "node:fs";
import * as z from "zod";
import { machineIds, runInMachine } from "../sandbox/machines/inspect.ts";
import type { Row } from "./table.ts";

const program = readFileSync(new URL("round-trips.py", import.meta.url), "utf8");
const rounds = 5;
const [connections, messages] = [40, 400];

interface RoundTrips {
  /** Medians in ms. */
  connection: number;
  message: number;
}

/** Compares what the bot's proxy adds to a connection and to a message with the same from the server's own network. */
export async function besideDirectConnections(): Promise<Row[]> {
  const [server = NaN] = await machineIds();
  const direct: RoundTrips[] = [];
  const proxied: RoundTrips[] = [];
  // In turns, so that both see the same load of the machine.
  for (let round = 0; round < rounds; round += 1) {
    direct.push(await measure(server, 'exec "$@"'));
    proxied.push(await measure(server, inBotNetwork));
  }
  return (["connection", "message"] as const).map((what) => {
    const [alone, through] = [least(direct, what), least(proxied, what)];
    return {
      what: what === "connection" ? "new TLS connection, first reply" : "one request, one reply",
      value: `${through.toFixed(2)} ms by the proxy`,
      against: `${alone.toFixed(2)} ms directly`,
      comparison: `${(through / alone).toFixed(2)} times, ${(through - alone).toFixed(2)} ms more`,
      ok: through / alone <= 2,
    };
  });
}

/** Runs its arguments in the bot's network. */
const inBotNetwork = `
  mount --bind /etc/trading-bot/resolv.conf /etc/resolv.conf
  exec nsenter --net=/run/netns/trading-bot "$@"`;

async function measure(server: number, script: string): Promise<RoundTrips> {
  const command = ["python3", "-", String(connections), String(messages)];
  const { code, stdout, stderr } = await runInMachine(
    server,
    ["unshare", "--mount", "sh", "-ec", script, "sh", ...command],
    { stdin: program },
  );
  if (code !== 0) {
    throw new Error(`the measurement on the server failed (${code}): ${stderr}`);
  }
  const [connection, message] = z
    .tuple([z.coerce.number(), z.coerce.number()])
    .parse(stdout.trim().split(" "));
  return { connection, message };
}

/** The least of the medians: everything that disturbs only adds. */
function least(results: RoundTrips[], what: keyof RoundTrips): number {
  return Math.min(...results.map((result) => result[what]));
}
