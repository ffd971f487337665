import { join } from "node:path";
import * as z from "zod";

/**
 * The files of a run. All are below one folder, so a process that knows `SANDBOX_DIR` can find the rest. The folder
 * exists inside the sandbox only, and has the same path in every run.
 */
function runFolders(dir: string) {
  return {
    dir,
    /** The operator's home. */
    home: join(dir, "home"),
    /** The operator's copy of the project. */
    project: join(dir, "project"),
    /** The operator's commands that only the sandbox has. */
    bin: join(dir, "bin"),
    /** Pulumi's files other than the state: plugins, logs, which stack is selected. */
    pulumiHome: join(dir, "pulumi-home"),
    /** Pulumi's state. */
    state: join(dir, "state"),
    /** Certificates: `ca.crt`, and `HOST.crt` with `HOST.key` for each service. */
    tls: join(dir, "tls"),
    /** The output of the services and the name server. */
    logs: join(dir, "logs"),
    /** Control files: a service behaves in a certain way as long as its file exists; see machines/inspect.ts. */
    control: join(dir, "control"),
    /** A folder for each machine: `root`, its disk; `console.log`; `machine.pid` while it runs. */
    machines: join(dir, "machines"),
    /** Block devices: a file system that may have device nodes, other than the rest of /run. */
    devices: join(dir, "devices"),
    /** The buckets of the S3 store, if the run has one. */
    s3: join(dir, "s3"),
    /** The buckets of the store for Pulumi's state, if the run has one. */
    stateStore: join(dir, "state-store"),
    /** The storage with sftp, if the run has one: `root`, its file system. */
    sftp: join(dir, "sftp"),
    /** Packages that tests add to the private internet's PyPI. */
    pythonPackages: join(dir, "python-packages"),
    /** The tree that every machine's disk starts as (a link). */
    image: join(dir, "image"),
    /** What the machines have written, on the host's disk (a link). */
    disks: join(dir, "disks"),
    /** The run's cgroup (a link). */
    cgroup: join(dir, "cgroup"),
  };
}

/** The folders of the run that this process belongs to. */
export function foldersOfThisRun(environment: NodeJS.ProcessEnv = process.env): RunFolders {
  const { data } = z.object({ SANDBOX_DIR: z.string() }).safeParse(environment);
  if (data === undefined) {
    throw new Error(
      "SANDBOX_DIR is not set: this program runs inside the sandbox only. Start it by `bash sandbox/run.sh exec …`.",
    );
  }
  return runFolders(data.SANDBOX_DIR);
}

/** The folders and files of a run. */
export type RunFolders = ReturnType<typeof runFolders>;
