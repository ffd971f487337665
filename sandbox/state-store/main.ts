// The private internet's S3 store for Pulumi's state: versitygw serves a folder, in which each folder is a bucket. rclone, which
// serves the other store, changes what Pulumi stores.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { foldersOfThisRun } from "../run-folders.ts";
import { keepRunning } from "../s3/switched.ts";
import { stateDownFile, stateHost, stateKeys } from "./store.ts";

const { SANDBOX_STATE_STORE: versitygw } = z.object({ SANDBOX_STATE_STORE: z.string() }).parse(process.env);
const { dir, stateStore, tls } = foldersOfThisRun();

/** What it stores about the objects: not every file system has attributes. It refuses a path that begins like the store's. */
const properties = join(dir, "properties-of-objects");
for (const folder of [properties, stateStore]) {
  mkdirSync(folder, { recursive: true });
}
const certificate = (ending: string) => join(tls, `${stateHost.name}.${ending}`);

keepRunning(stateDownFile, () =>
  spawn(
    versitygw,
    [
      ...["--port", `${stateHost.address}:443`, "--region", stateHost.region, "--quiet"],
      ...["--cert", certificate("crt"), "--key", certificate("key")],
      // Its locks are for several servers of one folder, and would be among the buckets.
      ...["posix", "--disable-object-lock-file", "--sidecar", properties, stateStore],
    ],
    {
      stdio: "inherit",
      env: {
        ...process.env,
        // Not in its arguments, where a search for leaked secrets would find them.
        ROOT_ACCESS_KEY_ID: stateKeys.accessKey,
        ROOT_SECRET_ACCESS_KEY: stateKeys.secretKey,
      },
    },
  ),
);
