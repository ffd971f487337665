import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { tunnelArguments } from "../../../../scripts/lib/ssh/arguments.ts";
import { sshFailure } from "../../../../scripts/lib/ssh/failure.ts";
import { openTunnel } from "../../../../scripts/lib/ssh/tunnel.ts";
import { server } from "../../../support/fixtures.ts";

const tunnel = tunnelArguments(server, "/run/agent", "api.binance.com:443");

test("a tunnel has no prompts, gives up in time, and pins the same host key as a shell", () => {
  expect(tunnel.join(" ")).toBe(
    "-F none -o IdentityFile=none -o IdentityAgent=/run/agent " +
      "-o KnownHostsCommand=/usr/bin/env echo 203.0.113.10 ssh-ed25519 AAAAhost " +
      "-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes " +
      "-T -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=2 " +
      "-W api.binance.com:443 admin@203.0.113.10",
  );
});

test("a tunnel's arguments are understood by OpenSSH", () => {
  const config = execFileSync("ssh", ["-G", ...tunnel], { encoding: "utf8" });
  for (const line of ["batchmode yes", "connecttimeout 10", "stricthostkeychecking true", "user admin"]) {
    expect(config.split("\n")).toContain(line);
  }
});

test("a tunnel that can't connect ends, and explains why", async () => {
  const unreachable = { ...server, host: "127.0.0.1" };
  const args = tunnelArguments(unreachable, "/nonexistent", "api.binance.com:443");
  const { socket, explain, close } = openTunnel(["-p", "9", ...args]);
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
  expect(await explain()).toMatchObject({ kind: "tunnel", reason: "ssh-refused" });
  close();
});

test.each([
  ["kex_exchange_identification: read: Connection reset by peer", "ssh-broken"],
  ["Connection timed out during banner exchange", "ssh-broken"],
  ["Timeout, server 203.0.113.10 not responding.", "ssh-broken"],
  ["Connection to 203.0.113.10 closed by remote host.", "ssh-broken"],
  ["client_loop: send disconnect: Broken pipe", "ssh-broken"],
  ["ssh: connect to host 203.0.113.10 port 22: Connection timed out", "ssh-unreachable"],
  ["ssh: connect to host 203.0.113.10 port 22: No route to host", "ssh-unreachable"],
  ["ssh: connect to host 203.0.113.10 port 22: Connection refused", "ssh-refused"],
  ["ssh: connect to host 203.0.113.10 port 22: Network is unreachable", "no-network"],
  [
    'Could not stat KnownHostsCommand "/usr/bin/env": No such file or directory\nHost key verification failed.',
    "ssh-helper",
  ],
  ["env: \u2018echo\u2019: No such file or directory\nHost key verification failed.", "ssh-helper"],
  ["command-line: line 0: Bad configuration option: knownhostscommand", "ssh-version"],
  [
    "Unable to negotiate with 203.0.113.10 port 22: no matching key exchange method found. Their offer: x",
    "ssh-version",
  ],
  ["@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.", "ssh-host-key"],
  [
    "channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed",
    "ssh-forwarding",
  ],
  ["admin@203.0.113.10: Permission denied (publickey).", "ssh-denied"],
  ["something new", "ssh"],
  ["", "ssh"],
])("ssh prints %j: %s", (stderr, reason) => {
  expect(sshFailure(stderr)).toMatchObject({ kind: "tunnel", reason });
});
