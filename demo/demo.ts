import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { styleText } from "node:util";
import * as z from "zod";
import { exitCode, run as capture } from "../sandbox/command.ts";
import { foldersOfThisRun } from "../sandbox/run-folders.ts";

// The life of a server, by the commands that its owner types. What is printed after a $ is what was run.

const folders = foldersOfThisRun();
const up = "pulumi up --yes --suppress-progress";
const keyPair = z.object({ apiKey: z.string(), apiSecret: z.string() });
type KeyPair = z.infer<typeof keyPair>;
let address = "";
const times: [title: string, seconds: number][] = [];

await step("The settings: a stack, Hetzner's token, and who may connect over SSH", async () => {
  await run("pulumi stack init prod");
  await run("pulumi config set --secret hcloud:token", process.env.HCLOUD_TOKEN);
  await run("pulumi config set adminCidrs 198.51.100.10/32");
});

await step("The first `pulumi up`: an address, and a server with it that boots Debian", async () => {
  await run(up);
});

await step("The address to whitelist at Binance", async () => {
  await run("pulumi stack output ipToWhitelist");
  const output = ["pulumi", "stack", "output", "ipToWhitelist"];
  address = (await capture(["env", `--chdir=${folders.project}`, ...output])).trim();
});

await step(
  "A key, created at Binance for this address, and entered at prompts that don't show it",
  async () => {
    await run("binance-person balance USDT 1250");
    await setKey(await createKey(`TradingBot-Hetzner-01 --permit reading,trading --ip ${address}`));
    await run("pulumi config set keyName TradingBot-Hetzner-01");
  },
);

await step("The second `pulumi up` proves what the key may do, and then installs it", async () => {
  await run(up);
});

await step("On the server the key is encrypted, and only root can read it", async () => {
  await run(ssh("sudo ls -l /etc/credstore.encrypted"));
  await run(ssh("sudo head --bytes=120 /etc/credstore.encrypted/binance"));
  await run(ssh("sudo grep -c apiKey /etc/credstore.encrypted/binance || true"));
});

await step("A unit can only read it by LoadCredentialEncrypted= (names are shown, not values)", async () => {
  const unit = "sudo systemd-run --quiet --pipe --wait --collect -p DynamicUser=yes";
  const read = String.raw`sh -c "grep -Eo api[A-Z][a-z]+ \$CREDENTIALS_DIRECTORY/binance"`;
  await run(`${ssh(`${unit} ${read}`)} || echo "without it: nothing to read"`);
  await run(ssh(`${unit} -p LoadCredentialEncrypted=binance ${read}`));
});

await step("The eight points, to be checked after every deployment", async () => {
  await run("yes | npm run --silent verify -- --confirm");
});

await step("Five keys that must not be used: each is refused, and the live one stays", async () => {
  for (const [label, args] of [
    ["withdrawals-on", `--permit reading,trading,withdrawals --ip ${address}`],
    ["no-whitelist", "--permit reading,trading"],
    ["for-another-address", "--permit reading,trading --ip 198.51.100.66"],
    ["futures-on", `--permit reading,trading,futures --ip ${address}`],
  ] as const) {
    await setKey(await createKey(`${label} ${args}`));
    await refused(up);
  }
  const { apiKey } = await createKey(`wrong-secret --permit reading,trading --ip ${address}`);
  await setKey({ apiKey, apiSecret: randomBytes(32).toString("hex") });
  await refused(up);
  await run(ssh("sudo binance-credential fingerprint"));
});

await step("A new key: set it, run `pulumi up`, and delete the old one", async () => {
  await setKey(await createKey(`TradingBot-Hetzner-02 --permit reading,trading --ip ${address}`));
  await run(up);
  await run("binance-person delete TradingBot-Hetzner-01");
});

await step("A bot: its settings, a `pulumi up`, and its program from a folder", async () => {
  await run(`pulumi config set --path bot.command '/usr/bin/python3 {program}/bot.py'`);
  await run("pulumi config set --path bot.key.environment.apiKey BINANCE_API_KEY");
  await run("pulumi config set --plaintext --path bot.key.environment.apiSecret BINANCE_API_SECRET");
  await run("pulumi config set --path bot.environment.INTERVAL_SECONDS 1");
  await run("pulumi config set --path bot.environment.TRADE demo");
  await run("pulumi config set --secret webhook", "https://hooks.example.net/only-its-owner-knows");
  await run(up);
  await run("binance-person pin-price BTCUSDC 90000");
  await run("npm run --silent install-bot -- examples/test-order-bot");
});

await step("Its journal: Binance accepts its test orders, from the whitelisted address", async () => {
  await run("npm run --silent logs | grep --line-buffered --max-count=3 accepted");
});

// On the account with money, and not on Binance's one for paper trading: the key that was proven is valid only here.
await step("TRADE lets it trade: it has bought about the least that Binance allows", async () => {
  await run("npm run --silent logs | grep --line-buffered --max-count=1 bought");
});

await step("The price rises, and the bot sells: its profit, as Binance accounts it", async () => {
  await run("binance-person move-price BTCUSDC 93000 2");
  await run("npm run --silent logs | grep --line-buffered --max-count=1 complete");
  await run("binance-person trades BTCUSDC");
});

await step("The bot reaches Binance, and nothing else", async () => {
  const bot = "sudo setpriv --reuid=trading-bot --clear-groups curl --silent --show-error --max-time 5";
  for (const url of ["https://elsewhere.example.net", "http://169.254.169.254/hetzner/v1/userdata"]) {
    await refused(ssh(`${bot} ${url}`));
  }
});

await step(
  "The key gets the right to withdraw: the guard's next check stops the bot, and says why",
  async () => {
    await run("binance-person edit TradingBot-Hetzner-02 --permit reading,trading,withdrawals");
    await refused(ssh("sudo systemctl start trading-bot-guard"));
    await run(
      ssh("sudo journalctl --quiet --no-pager --output=cat --identifier=trading-bot-guard --lines=4"),
    );
    await run(`${ssh("systemctl is-active trading-bot")} || true`);
    await run("webhook-messages");
  },
);

await step("Without that right, the check passes, and the bot runs again", async () => {
  await run("binance-person edit TradingBot-Hetzner-02 --permit reading,trading");
  await run(ssh("sudo systemctl start trading-bot-guard"));
  await run(ssh("until systemctl is-active trading-bot; do sleep 1; done"));
});

await step("What happened to the key", async () => {
  await run("npm run --silent history");
});

await step("Another `pulumi up` changes nothing", async () => {
  await run(`${up} --expect-no-changes`);
});

summarize();

function ssh(command: string): string {
  return `npm run --silent ssh -- '${command}'`;
}

async function step(title: string, play: () => Promise<void>): Promise<void> {
  const number = times.length + 1;
  process.stdout.write(`\n${styled("bold", `${number}. ${title}`)}\n`);
  const start = performance.now();
  await play();
  const seconds = (performance.now() - start) / 1000;
  times.push([title, seconds]);
  process.stdout.write(`${styled("dim", `   ${seconds.toFixed(1)} s`)}\n`);
}

/** Runs a command line as its owner types it. A failure ends the demo with the same exit code. */
async function run(line: string, typed?: string): Promise<void> {
  const code = await play(line, typed);
  if (code === 0) {
    return;
  }
  process.stderr.write(`\nThe demo stops here: the command ended with exit code ${code}.\n`);
  process.exit(code);
}

/** Runs a command line that must fail. */
async function refused(line: string): Promise<void> {
  if ((await play(line)) !== 0) {
    return;
  }
  process.stderr.write("\nThe demo stops here: this command should have failed.\n");
  process.exit(1);
}

async function play(line: string, typed?: string): Promise<number> {
  announce(line, typed === undefined ? "" : "   (typed, not shown)");
  const child = spawn("bash", ["-c", line], {
    cwd: folders.project,
    stdio: [typed === undefined ? "ignore" : "pipe", "inherit", "inherit"],
  });
  child.stdin?.end(typed);
  return exitCode(child);
}

function announce(line: string, remark: string): void {
  process.stdout.write(`\n${styled("bold", "$")} ${line}${styled("dim", remark)}\n`);
}

/** Creates a key on Binance's website, which shows key and secret only once. */
async function createKey(args: string): Promise<KeyPair> {
  const line = `binance-person create ${args} --json`;
  announce(line, "   (Binance shows it once; not shown here)");
  return keyPair.parse(JSON.parse(await capture(["bash", "-c", line])));
}

async function setKey({ apiKey, apiSecret }: KeyPair): Promise<void> {
  await run("pulumi config set --secret binance:apiKey", apiKey);
  await run("pulumi config set --secret binance:apiSecret", apiSecret);
}

function summarize(): void {
  const width = Math.max(...times.map(([title]) => title.length));
  const rows = times.map(
    ([title, seconds]) => `  ${title.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s`,
  );
  process.stdout.write(`\n${styled("bold", "This was the life of a server")}\n${rows.join("\n")}\n
Next: \`npm run sandbox\` opens a shell on this private internet, to try things.
The README describes the real way in six steps, from an account at Hetzner to a running server.
`);
}

/** For standard output: without colours if it is a file, or if NO_COLOR is set. */
function styled(style: "bold" | "dim", text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
