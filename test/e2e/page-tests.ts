import { afterAll, describe, expect, test } from "@jest/globals";
import { attempt } from "../../sandbox/command.ts";
import { until } from "../../sandbox/until.ts";
import type { BotOnServer } from "./bot.ts";
import type { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";
import { common, wantedProperties } from "./unit-sandbox.ts";

interface Context {
  stack: Stack;
  server: Server;
  bot: BotOnServer;
}

/** Tests of the bot's own page. `context` is called once the tampered bot runs. */
export function testPage(context: () => Context): void {
  const onServer = (script: string) => context().server.run(script);
  const permitted = () => onServer("sshd -T -C user=admin,host=x,addr=198.51.100.10 | grep ^permitopen");
  const listens = () => onServer("ss -Hltn | awk '{print $4}' | grep 127.20 || true");

  describe("the bot's own page", () => {
    let binanceOnly = "";
    const page = "http://127.20.0.1:8080/";
    let tunnel: ReturnType<Stack["start"]> | undefined;
    let shown = "";

    /** What this computer gets for the page, through the tunnel. */
    const fetched = async () =>
      (await attempt(["curl", "--silent", "--max-time", "10", "http://127.0.0.1:18080/"])).stdout;

    /** Lets the bot serve a page, in its own process. */
    const serve = () =>
      context().bot.execute(`
import http.server, threading
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"the bot's page")
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()`);

    afterAll(() => {
      tunnel?.kill();
    });

    test("can't be reached without the setting: nothing listens, and SSH forwards to Binance only", async () => {
      const { code, stderr } = await context().stack.script("ui", []);
      expect([code, stderr]).toEqual([1, expect.stringContaining("pulumi config set --path bot.ui")]);
      binanceOnly = await permitted();
      expect(binanceOnly).toMatch(/^permitopen( [a-z-]+\.binance\.com:443)+$/);
      expect(await listens()).toBe("");
    });

    test("gets a port for SSH by the setting; the bot keeps running", async () => {
      const { stack, bot } = context();
      const before = await bot.property("InvocationID");
      await stack.setPath("bot.ui", "8080");
      expect(changes(await stack.mustUp())).toEqual({ bot: "update", "ssh-and-firewall": "update" });
      expect(await bot.property("InvocationID")).toBe(before);
      expect([await permitted(), await listens()]).toEqual([
        `${binanceOnly} 127.20.0.1:8080`,
        "127.20.0.1:8080",
      ]);
    });

    test("is reached through `npm run ui`, as soon as the bot serves it", async () => {
      tunnel = context().stack.start("ui", ["--port", "18080"]);
      tunnel.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
      tunnel.stderr.on("data", (chunk: Buffer) => (shown += chunk.toString()));
      await until(() => shown.includes("http://trading-bot.localhost:18080"));
      expect(shown).toContain("Nothing listens at 127.0.0.1:8080");
      expect(await fetched()).toBe("");
      await serve();
      expect(await fetched()).toBe("the bot's page");
    });

    test("is reached through the same tunnel after a restart of the bot", async () => {
      const { bot } = context();
      const before = await bot.property("InvocationID");
      await onServer("systemctl restart trading-bot");
      await bot.restartsAfter(before);
      expect(await fetched()).toBe("");
      await serve();
      expect(await fetched()).toBe("the bot's page");
    });

    test("is reached by no other user of the server, and gives the bot nothing to connect to", async () => {
      const status = (user: string) =>
        onServer(
          `setpriv --reuid=${user} --regid=nogroup --clear-groups curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' ${page} || true`,
        );
      expect([await status("admin"), await status("nobody"), await status("trading-bot-guard")]).toEqual([
        "200",
        "000",
        "000",
      ]);
      expect(
        await context().bot.execute(`
import socket
for address in ("127.20.0.1", "198.18.0.1"):
    try:
        socket.create_connection((address, 8080), timeout=5)
        print("connected")
    except OSError as error:
        print(type(error).__name__)`),
      ).not.toContain("connected");
    });

    test("is carried by a unit with the common sandbox, without exceptions, and at most 64 connections at a time", async () => {
      const unit = "trading-bot-ui.service";
      const shown = await onServer(`systemctl show --property=${wantedProperties.join(",")} ${unit}`);
      const sorted = (value: string) => value.split(" ").toSorted().join(" ");
      const properties = shown.split("\n").map((line) => {
        const [name = "", value = ""] = line.split(/=(.*)/s);
        return [name, sorted(value)];
      });
      const wanted = Object.entries(common).map(([name, value]) => [name, sorted(value)]);
      expect(Object.fromEntries(properties)).toEqual(Object.fromEntries(wanted));
      await onServer(`systemd-analyze security --no-pager --threshold=12 ${unit}`);
      // A bot that holds all connections open that it gets.
      const held = await onServer(`
        systemd-run --quiet --wait --pipe --uid=admin python3 -c '
import select, socket
kept = []
for _ in range(100):
    connection = socket.create_connection(("127.20.0.1", 8080), 10)
    kept.append(connection)
while len(kept) > 65:
    for connection in select.select(kept, [], [])[0]:
        kept.remove(connection)
print(len(kept))'`);
      // It counts those that it has already, so there is one more.
      expect(held).toBe("65");
    });

    test("is closed in place when the setting is removed, and nothing of it is left", async () => {
      const { stack, bot } = context();
      const before = await bot.property("InvocationID");
      await stack.unsetPath("bot.ui");
      expect(changes(await stack.mustUp())).toEqual({ bot: "update", "ssh-and-firewall": "update" });
      expect([await permitted(), await listens(), await fetched()]).toEqual([binanceOnly, "", ""]);
      expect(
        await onServer("ls /etc/systemd/system /etc/trading-bot | grep -E 'trading-bot-ui|ui-port' || true"),
      ).toBe("");
      expect(await onServer("systemctl is-active trading-bot-ui.service trading-bot-ui.socket || true")).toBe(
        "inactive\ninactive",
      );
      expect(await bot.property("InvocationID")).toBe(before);
    });
  });
}
