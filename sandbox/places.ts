import { join } from "node:path";
import * as z from "zod";

/**
 * Where everything of a run lies. One folder, so that a process that knows `SANDBOX_DIR` can find the rest:
 * the folder is inside the sandbox only, and has the same path in every run.
 */
export function places(dir: string) {
  return {
    dir,
    /** The operator's home. */
    home: join(dir, "home"),
    /** The operator's copy of the project. */
    project: join(dir, "project"),
    /** The operator's commands that only the sandbox has. */
    bin: join(dir, "bin"),
    /** Where Pulumi keeps what isn't the state: plugins, logs, which stack is selected. */
    pulumiHome: join(dir, "pulumi-home"),
    /** Where Pulumi keeps its state. */
    state: join(dir, "state"),
    /** Certificates: `ca.crt`, and `HOST.crt` with `HOST.key` for each service. */
    tls: join(dir, "tls"),
    /** What services and name server print. */
    logs: join(dir, "logs"),
    /** Files whose presence tells the data centre to behave in a certain way; see machines/inspect.ts. */
    doors: join(dir, "doors"),
    /** A folder for each machine: `root`, its disk; `console.log`; `nspawn.pid` while it runs. */
    machines: join(dir, "machines"),
    /** The tree that every machine's disk starts as (a link). */
    image: join(dir, "image"),
    /** What the machines have written, on the host's disk (a link). */
    disks: join(dir, "disks"),
    /** The run's cgroup (a link). */
    cgroup: join(dir, "cgroup"),
  };
}

/** The places of the run that this process is in. */
export function placesOfThisRun(environment: NodeJS.ProcessEnv = process.env) {
  const { data } = z.object({ SANDBOX_DIR: z.string() }).safeParse(environment);
  if (data === undefined) {
    throw new Error("SANDBOX_DIR is not set: this runs inside the sandbox, by `bash sandbox/run.sh exec …`");
  }
  return places(data.SANDBOX_DIR);
}

/** Where everything of a run lies. */
export type Places = ReturnType<typeof places>;
