// The private internet's S3 store: rclone serves a folder, in which each folder is a bucket. Like other services, it is
// controlled by a file.
import { spawn } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import { foldersOfThisRun } from "../run-folders.ts";
import { downFile, s3Host, s3Keys } from "./store.ts";
import { keepRunning } from "./switched.ts";

const { SANDBOX_S3: rclone } = z.object({ SANDBOX_S3: z.string() }).parse(process.env);
const { s3, tls } = foldersOfThisRun();

/** In quotes, because rclone takes the variable for a list. */
const keys = JSON.stringify(`${s3Keys.accessKey},${s3Keys.secretKey}`);
const certificate = (ending: string) => join(tls, `${s3Host.name}.${ending}`);

keepRunning(downFile, () =>
  spawn(
    rclone,
    [
      ...["serve", "s3", s3, "--addr", `${s3Host.address}:443`, "--vfs-cache-mode", "off"],
      ...["--cert", certificate("crt"), "--key", certificate("key")],
    ],
    // Not in its arguments, where a search for leaked secrets would find them.
    { stdio: "inherit", env: { ...process.env, RCLONE_AUTH_KEY: keys } },
  ),
);
