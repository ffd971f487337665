import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import type { AllowedHost } from "../../../checklist/hosts/allowed-host.ts";
import { rootfsFile } from "../../../components/commands/server-sources.ts";
import { botNetwork, otherPorts, streamAddresses } from "../../../components/egress/bot-network.ts";
import { exchangeHosts, streamHosts } from "../../../components/egress/exchange-hosts.ts";
import { guardNetwork } from "../../../components/egress/guard-network.ts";

const host = (name: string, ports = [443], wildcard = false): AllowedHost => ({ name, ports, wildcard });

/** The section of a host in HAProxy's settings: its lines. */
function section(proxy: string, name: string): string[] {
  const [, rest = ""] = proxy.split(`\nlisten ${name}\n`);
  const [lines = ""] = rest.split("\n\n");
  return lines
    .trim()
    .split("\n")
    .map((line) => line.trim());
}

/** The names of the sections in HAProxy's settings. */
const sections = (proxy: string) => [...proxy.matchAll(/^listen (.+)$/gm)].map(([, name]) => name);

const refusesPrivate = expect.stringMatching(
  /^tcp-request content reject if \{ var\(txn\.address\) -m ip .*10\.0\.0\.0\/8/,
);

test("Binance's streams are its hosts for WebSockets, also those of its demo account", () => {
  expect(streamHosts).toEqual(
    expect.arrayContaining([
      "stream.binance.com",
      "ws-api.binance.com",
      "fstream.binance.com",
      "demo-ws-api.binance.com",
    ]),
  );
  expect(streamHosts.filter((name) => /api\d?\.binance\.com$/.test(name) && !name.includes("ws-"))).toEqual(
    [],
  );
  expect(streamAddresses([])).toHaveLength(streamHosts.length);
});

describe("the bot's network", () => {
  test("without bot.hosts has the exchange's hosts, and nothing else", () => {
    const { names, proxy } = botNetwork([]);
    expect(sections(proxy)).toEqual(exchangeHosts);
    const resolved = [...names.matchAll(/^host-record=([^,]+),/gm)].map(([, name]) => name);
    expect(resolved).toEqual(exchangeHosts);
    expect(exchangeHosts).toEqual(
      expect.arrayContaining([
        "api.binance.com",
        "fapi.binance.com",
        "dapi.binance.com",
        "data-api.binance.vision",
      ]),
    );
  });

  test("passes TLS with exactly this name, on the ports of the exchange", () => {
    const lines = section(botNetwork([]).proxy, "stream.binance.com");
    expect(lines).toEqual([
      expect.stringMatching(/^bind 198\.19\.\d+\.\d+:443$/),
      expect.stringMatching(/^bind 198\.19\.\d+\.\d+:9443$/),
      "tcp-request inspect-delay 10s",
      "tcp-request content reject unless { req.ssl_hello_type 1 }",
      "tcp-request content reject unless { req.ssl_sni -i stream.binance.com }",
      "tcp-request content do-resolve(txn.address,server,ipv4) str(stream.binance.com)",
      "tcp-request content reject unless { var(txn.address) -m found }",
      refusesPrivate,
      "tcp-request content set-dst var(txn.address)",
      "server host 0.0.0.0",
    ]);
  });

  test("passes any protocol to a host with its own port, at the same address as its other ports", () => {
    const { names, proxy } = botNetwork([host("db.example.net"), host("db.example.net", [5432])]);
    const [address] = /198\.19\.\d+\.\d+/.exec(section(proxy, "db.example.net:5432")[0] ?? "") ?? [];
    expect(section(proxy, "db.example.net:5432").join("\n")).not.toContain("ssl");
    expect(section(proxy, "db.example.net")[0]).toBe(`bind ${address}:443`);
    expect(names.match(/db\.example\.net/g)).toHaveLength(1);
  });

  test("resolves all names below a domain if they are requested, and only those", () => {
    const { names, proxy } = botNetwork([host("example.net", [443], true)]);
    expect(names).toMatch(/^address=\/\*\.example\.net\/198\.19\.\d+\.\d+$/m);
    expect(section(proxy, "below-example.net")).toEqual(
      expect.arrayContaining([
        "tcp-request content reject unless { req.ssl_sni -i -m end .example.net }",
        "tcp-request content do-resolve(txn.address,server,ipv4) req.ssl_sni,lower",
        refusesPrivate,
      ]),
    );
  });

  test("has each host once, also if it is listed again", () => {
    const once = botNetwork([host("api.telegram.org")]);
    expect(botNetwork([host("api.binance.com"), host("api.telegram.org"), host("api.telegram.org")])).toEqual(
      once,
    );
  });

  test("has only complete sections, whatever is listed", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.domain(), fc.boolean()), { maxLength: 20 }), (list) => {
        const { proxy } = botNetwork(list.map(([name, wildcard]) => host(name, [443], wildcard)));
        for (const name of sections(proxy)) {
          const lines = section(proxy, name ?? "");
          expect(lines.at(-1)).toBe("server host 0.0.0.0");
          expect(lines).toContainEqual(refusesPrivate);
          expect(lines).toContainEqual(expect.stringMatching(/reject unless \{ req\.ssl_sni -i /));
        }
      }),
    );
  });
});

test("a connection may be silent for a day: nothing between the bot and the exchange forgets it before", () => {
  const { proxy } = botNetwork([]);
  expect(proxy).toContain("\n  timeout tunnel 1d\n");
  // Firewalls on the way see a packet each minute.
  expect(proxy).toMatch(/option srvtcpka\n {2}srvtcpka-idle 60s\n/);
});

test("the firewall opens the ports that are listed, besides those of the exchange", () => {
  expect(
    otherPorts([
      host("a.example"),
      host("b.example", [5432]),
      host("c.example", [993]),
      host("d.example", [993]),
    ]),
  ).toEqual([993, 5432]);
  expect(otherPorts([host("a.example", [9443])])).toEqual([]);
});

test("the guard reaches the exchange and the hosts that it sends to, with its own source ports", () => {
  const { hosts, proxy } = guardNetwork([
    "https://hooks.example.net/secret-path",
    "https://hooks.example.net/other",
  ]);
  expect(sections(proxy)).toEqual(["api.binance.com", "hooks.example.net"]);
  expect(hosts).toMatch(
    /^127\.0\.0\.1 localhost\n127\.19\.\d+\.\d+ api\.binance\.com\n127\.19\.\d+\.\d+ hooks\.example\.net\n$/,
  );
  expect(hosts + proxy).not.toContain("path");
  expect(proxy).toContain("default-server source 0.0.0.0:20000-20999\n");
});

describe("the firewall, the units and the settings agree on", () => {
  const firewall = rootfsFile("/etc/nftables.conf");
  const ranges = (text = "") => text.match(/\d+\.\d+\.\d+\.\d+\/\d+/g);

  test("which addresses aren't on the internet", () => {
    const [, refused] = /-m ip ([^}]+)\}/.exec(guardNetwork([]).proxy) ?? [];
    const [, defined] = /define not_internet = \{([^}]+)\}/.exec(firewall) ?? [];
    expect(ranges(defined)).toEqual(ranges(refused));
    expect(ranges(refused)?.length).toBeGreaterThan(8);
  });

  test("the proxies' addresses", () => {
    const [botRange = ""] = ranges(/define bot_proxy = .*/.exec(firewall)?.[0]) ?? [];
    const [guardRange = ""] = ranges(/define guard_proxy = .*/.exec(firewall)?.[0]) ?? [];
    const bound = (proxy: string) =>
      [...proxy.matchAll(/bind ([\d.]+):/g)].map(([, address = ""]) => address);
    const isIn = (range: string) => (address: string) => ipaddr.parse(address).match(ipaddr.parseCIDR(range));
    expect(bound(botNetwork([]).proxy).every(isIn(botRange))).toBe(true);
    expect(bound(guardNetwork([]).proxy).every(isIn(guardRange))).toBe(true);
    const routed = /route replace local (\S+) dev lo/.exec(
      rootfsFile("/etc/systemd/system/bot-network.service"),
    );
    expect(routed?.[1]).toBe(botRange);
  });
});
