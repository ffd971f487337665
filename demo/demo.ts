import { randomBytes } from "node:crypto";
import * as z from "zod";
import { run as capture } from "../sandbox/command.ts";
import { foldersOfThisRun } from "../sandbox/run-folders.ts";
import { chooseBot } from "./bots.ts";
import { announce, refused, run, ssh, step, summarize } from "./commands.ts";
import { addPage, canShowPage, showPage } from "./page.ts";

// The life of a server, by the commands that its owner types. What is printed after a $ is what was run.

const folders = foldersOfThisRun();
const up = "pulumi up --yes --suppress-progress";
const keyPair = z.object({ apiKey: z.string(), apiSecret: z.string() });
type KeyPair = z.infer<typeof keyPair>;
let address = "";

const bot = await chooseBot();
const hasPage = bot.hasPage && canShowPage();
// The bot will need a market with a past.
await run(bot.market);

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
    await run("binance-person balance USDC 1250");
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

await step(`A bot: ${bot.name}. Its settings, a \`pulumi up\`, and its program from a folder`, async () => {
  for (const line of bot.settings) {
    await run(line);
  }
  await run("pulumi config set --secret webhook", "https://hooks.example.net/only-its-owner-knows");
  if (hasPage) {
    await addPage(bot.folder);
  }
  await run(up);
  await run(bot.fall);
  await run(`npm run --silent install-bot -- ${bot.folder}`);
});

// On the account with money, and not on Binance's one for paper trading: the key that was proven is valid only here.
await step("It buys, and leaves an order at Binance", async () => {
  await run(bot.buys);
});

if (hasPage) {
  await step("Its page, in a browser and through a tunnel", showPage);
}

await step(
  "Five keys that must not be used: each is refused, and the bot goes on with the live one",
  async () => {
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
  },
);

await step("A new key, with this order open: set it, run `pulumi up`, and delete the old one", async () => {
  await setKey(await createKey(`TradingBot-Hetzner-02 --permit reading,trading --ip ${address}`));
  await run(up);
  await run("binance-person delete TradingBot-Hetzner-01");
  await run("binance-person orders BTCUSDC");
});

await step("The price rises, and the bot sells: its profit, as Binance accounts it", async () => {
  await run(bot.rise);
  await run(bot.sells);
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
