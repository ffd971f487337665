import { attempt } from "../../sandbox/command.ts";
import { until } from "../../sandbox/until.ts";
import { hetzner } from "./hetzner.ts";
import type { Stack, StackCommand } from "./stack.ts";

// Runs of our own commands that are killed at a point. A point is something that the run does, not a time.

/** What a run has done so far. */
export interface Progress {
  /** To Hetzner's API: "GET /v1/servers/1". */
  requests: string[];
  /** What it has printed, without the lines in which the CLI only shows that it is still there. */
  lines: string[];
}

/** The Nth request, or the Nth line. */
export interface Point {
  kind: keyof Progress;
  number: number;
}

export interface EndedRun extends Progress {
  /** Null if the run was killed. */
  code: number | null;
  output: string;
}

/** How a run is ended before it is complete: as by a power cut, or by Ctrl-C. */
export type Ending = "SIGKILL" | "SIGINT";

/**
 * Runs a command on a stack to its end, or ends it as soon as it has got as far as wanted. SIGKILL ends its `pulumi` as well, as a
 * power cut would; after SIGINT, which a terminal sends to both, it ends by itself.
 */
export async function runUntil(
  stack: Stack,
  command: StackCommand,
  isFarEnough: (progress: Progress) => boolean,
  ending: Ending = "SIGKILL",
): Promise<EndedRun> {
  await hetzner.clearRequests();
  const child = stack.startCommand(command);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  let hasEnded = false;
  child.once("exit", () => {
    hasEnded = true;
  });
  const progress = await until(async () => {
    // Before the log is read: what happens meanwhile counts at the next look.
    const isOver = hasEnded;
    const requests = (await hetzner.requests()).map(({ method, path }) => `${method} ${path}`);
    const current = { requests, lines: linesOf(output) };
    return isOver || isFarEnough(current) ? current : undefined;
  });
  if (child.exitCode === null && child.pid !== undefined) {
    process.kill(-child.pid, ending);
  }
  if (ending === "SIGKILL") {
    await attempt(["pkill", "--signal", "KILL", "--full", `pulumi .*--stack ${stack.name}( |$)`]);
  }
  await until(() => Promise.resolve(hasEnded));
  return { ...progress, code: child.exitCode, output };
}

function linesOf(output: string): string[] {
  return output
    .split("\n")
    .slice(0, -1)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("@"));
}
