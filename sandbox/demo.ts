import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { exitCode } from "./command.ts";
import { placesOfThisRun } from "./places.ts";

// The life of a server, played by its owner's own commands: what is printed after a $ is what was run.

const places = placesOfThisRun();
const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const times: [title: string, seconds: number][] = [];

await step("The owner's settings: a stack, Hetzner's token, and who may reach SSH", async () => {
  await run("pulumi stack init prod");
  await run("pulumi config set --secret hcloud:token", process.env.HCLOUD_TOKEN);
  await run("pulumi config set adminCidrs 198.51.100.10/32");
});

await step("The first `pulumi up`: an address, and a server that boots Debian at it", async () => {
  await run("pulumi up --yes --suppress-progress");
});

await step("The address to whitelist at Binance", async () => {
  await run("pulumi stack output ipToWhitelist");
});

await step("The key that was created at Binance, at prompts that show nothing", setKeyPair);

await step("The second `pulumi up` delivers it, and touches nothing else", async () => {
  await run("pulumi up --yes --suppress-progress");
});

await step("On the server it is there, for root only, and encrypted", async () => {
  await run(ssh("sudo ls -l /etc/credstore.encrypted"));
  await run(ssh("sudo head --bytes=120 /etc/credstore.encrypted/binance"));
  await run(ssh("sudo grep -c apiKey /etc/credstore.encrypted/binance || true"));
});

await step("A unit reads it with LoadCredentialEncrypted= only (names are shown, not values)", async () => {
  const unit = "sudo systemd-run --quiet --pipe --wait --collect -p DynamicUser=yes";
  const read = String.raw`sh -c "grep -Eo api[A-Z][a-z]+ \$CREDENTIALS_DIRECTORY/binance"`;
  await run(`${ssh(`${unit} ${read}`)} || echo "without it: nothing to read"`);
  await run(ssh(`${unit} -p LoadCredentialEncrypted=binance ${read}`));
});

await step("A new key: set it, `pulumi up`, and it is the live one", async () => {
  await setKeyPair();
  await run("pulumi up --yes --suppress-progress");
});

await step("A further `pulumi up` changes nothing", async () => {
  await run("pulumi up --yes --suppress-progress --expect-no-changes");
});

summarize();

async function setKeyPair(): Promise<void> {
  await run("pulumi config set --secret binance:apiKey", token());
  await run("pulumi config set --secret binance:apiSecret", token());
}

/** As long as Binance's keys and secrets are. */
function token(): string {
  return randomBytes(32).toString("hex");
}

/** @param command has no single quotes */
function ssh(command: string): string {
  return `npm run --silent ssh -- '${command}'`;
}

async function step(title: string, play: () => Promise<void>): Promise<void> {
  const number = times.length + 1;
  process.stdout.write(`\n${emphasized(`${number}. ${title}`)}\n`);
  const start = performance.now();
  await play();
  const seconds = (performance.now() - start) / 1000;
  times.push([title, seconds]);
  process.stdout.write(`${faint(`   ${seconds.toFixed(1)} s`)}\n`);
}

/** Runs a command line as the owner types it; a failure ends the demo with its exit code. */
async function run(line: string, typed?: string): Promise<void> {
  process.stdout.write(
    `\n${emphasized("$")} ${line}${typed === undefined ? "" : faint("   (typed, unseen)")}\n`,
  );
  const child = spawn("bash", ["-c", line], {
    cwd: places.project,
    stdio: [typed === undefined ? "ignore" : "pipe", "inherit", "inherit"],
  });
  child.stdin?.end(typed);
  const code = await exitCode(child);
  if (code !== 0) {
    process.stderr.write(`\nThe demo stops here: the command ended with exit code ${code}.\n`);
    process.exit(code);
  }
}

function summarize(): void {
  const width = Math.max(...times.map(([title]) => title.length));
  const rows = times.map(
    ([title, seconds]) => `  ${title.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s`,
  );
  process.stdout.write(`\n${emphasized("That was a server's life")}\n${rows.join("\n")}\n
Next: \`npm run sandbox\` is a shell on this private internet, to play in.
The README tells the real thing in five steps, from an account at Hetzner to a running server.
`);
}

function emphasized(text: string): string {
  return colours ? `\x1b[1m${text}\x1b[0m` : text;
}

function faint(text: string): string {
  return colours ? `\x1b[2m${text}\x1b[0m` : text;
}
