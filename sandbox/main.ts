import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { type CommandLine, exitCode } from "./command.ts";
import { within } from "./network/at.ts";
import { certify, makeAuthority, trust, trustInPython } from "./network/authority.ts";
import { buildInternet } from "./network/internet.ts";
import { nameServerCommand } from "./network/name-server.ts";
import { copyProject, installCommands, operatorEnvironment, preparePulumiHome } from "./operator.ts";
import { missingPlugins } from "./plugin-versions.ts";
import { foldersOfThisRun } from "./run-folders.ts";
import { namesOf, servicesOf, startAtServices, startService } from "./services.ts";
import { shell, welcome } from "./welcome.ts";

// prepare/enter-run.sh starts this as the first program of a new run. It builds the private internet, runs one
// command there, and ends with that command's exit code. Then the kernel removes the run.

const folders = foldersOfThisRun();
const {
  SANDBOX_PROJECT: project,
  SANDBOX_TOOLCHAIN: toolchain,
  SANDBOX_HINTS: hints,
  SANDBOX_PYTHON: python,
  SANDBOX_S3: rclone,
  SANDBOX_STATE_STORE: versitygw,
} = z
  .object({
    SANDBOX_PROJECT: z.string(),
    SANDBOX_TOOLCHAIN: z.string(),
    SANDBOX_HINTS: z.string(),
    SANDBOX_PYTHON: z.string(),
    SANDBOX_S3: z.string(),
    SANDBOX_STATE_STORE: z.string(),
  })
  .parse(process.env);
const [verb, ...args] = process.argv.slice(2);
for (const sentence of await missingPlugins(project)) {
  process.stderr.write(`sandbox: ${sentence}\n`);
}
// Hetzner's tokens have 64 characters.
const token = randomBytes(32).toString("hex");
const services = await servicesOf(folders, {
  hasStorages: rclone !== "",
  hasStateStore: versitygw !== "",
});
const hosts = services.flatMap((service) => service.hosts);
const withCertificate = services.filter(({ protocol }) => protocol === "https");

await Promise.all([
  buildInternet([...new Set(hosts.map(({ address }) => address))]),
  makeAuthority(folders.tls).then(() =>
    Promise.all([
      trust(folders.tls, "/"),
      ...withCertificate.flatMap((service) =>
        service.hosts.map((host) => certify(folders.tls, ...namesOf(host))),
      ),
    ]),
  ),
  copyProject(folders, project),
  installCommands(folders),
  preparePulumiHome(folders, toolchain),
]);

const records = new Map(hosts.flatMap((host) => namesOf(host).map((name) => [name, host.address])));
await startAtServices(folders, "name-server", nameServerCommand(records), process.env);
const environment = {
  ...operatorEnvironment(folders, { project, toolchain, token }),
  ...(python === "" ? {} : await trustInPython(folders.tls, python)),
};
await Promise.all(
  services.map((service) =>
    startService(folders, service, {
      ...environment,
      HETZNER_TOKENS: token,
      SANDBOX_S3: rclone,
      SANDBOX_STATE_STORE: versitygw,
    }),
  ),
);

const [program, ...rest] = args;
const interactive = program === undefined;
const command: CommandLine = interactive ? shell : [program, ...rest];
if (interactive) {
  process.stderr.write(welcome(folders, services, hints === "" ? "" : await readFile(hints, "utf8")));
}
// The services are still running, and end with this process.
process.exit(await runAtOperator(command));

async function runAtOperator(commandLine: CommandLine): Promise<number> {
  const [nsenter, ...argv] = within("operator", commandLine);
  const child = spawn(nsenter, argv, {
    cwd: verb === "exec" ? project : folders.project,
    stdio: "inherit",
    env: environment,
  });
  // Ctrl-C and other signals reach the command without us, because it is in the same process group. It decides what
  // they mean, and we wait for it to end. A shell that ignores a hang-up would never do so.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
    process.on(signal, () => {
      if (interactive && signal !== "SIGINT") {
        child.kill("SIGHUP");
      }
    });
  }
  return exitCode(child);
}
