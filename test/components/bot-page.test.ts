import { expect, test } from "@jest/globals";
import { botPage } from "../../components/bot-page.ts";
import { rootfsFile } from "../../components/commands/server-sources.ts";
import { ssh } from "../../components/hardening-files.ts";
import { userData } from "../../hetzner/user-data.ts";

test("without the setting, all files of the bot's page are removed", () => {
  const files = botPage(undefined);
  expect(files.map(({ content }) => content)).toEqual(files.map(() => null));
  expect(files.map(({ path }) => path)).toEqual(botPage(8080).map(({ path }) => path));
});

test("a change closes the port, and opens it again if its unit is there, also when the change is rolled back", () => {
  for (const { activate } of [...botPage(undefined), ...botPage(8080)]) {
    expect(activate).toEqual([
      "systemctl stop trading-bot-ui.service || ! systemctl cat trading-bot-ui.service",
      "systemctl stop trading-bot-ui.socket || ! systemctl cat trading-bot-ui.socket",
      "systemctl daemon-reload",
      "systemctl start trading-bot-ui.socket || ! systemctl cat trading-bot-ui.socket",
    ]);
  }
});

test("with the setting, a socket outside of the bot's network leads to that port inside of it", () => {
  const [service, socket] = botPage(8080);
  expect(service?.content).toMatch(/^NetworkNamespacePath=\/run\/netns\/trading-bot$/m);
  expect(service?.content).toMatch(/ --connections-max=64 .* 127\.0\.0\.1:8080$/m);
  expect(socket?.content).toMatch(/^ListenStream=127\.20\.0\.1:8080$/m);
  expect(rootfsFile("/etc/nftables.conf")).toContain("define bot_page = 127.20.0.1\n");
});

test("SSH forwards to the bot's page only with the setting, and never before the first contact", () => {
  const permitted = (port: number | undefined) => /^PermitOpen (.*)$/m.exec(ssh(port)[0]?.content ?? "")?.[1];
  const without = permitted(undefined) ?? "";
  expect(without.split(" ").filter((target) => !target.endsWith(".binance.com:443"))).toEqual([]);
  expect(permitted(8080)).toBe(`${without} 127.20.0.1:8080`);
  const hostKey = { privateKey: "", publicKey: "" };
  expect(userData({ user: "admin", deployKey: "", hostKey })).toContain(`PermitOpen ${without}\\n`);
});
