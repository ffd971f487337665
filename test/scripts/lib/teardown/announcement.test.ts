import { describe, expect, test } from "@jest/globals";
import { parseStackState } from "../../../../scripts/lib/stack/state.ts";
import { announcement } from "../../../../scripts/lib/teardown/announcement.ts";
import { exportedState, resources } from "../../../support/stack-state.ts";

const firewall = { urn: "urn:pulumi:prod::p::t::firewall", type: "hcloud:index/firewall:Firewall", id: "3" };
const sshKey = { urn: "urn:pulumi:prod::p::t::ssh-key", type: "hcloud:index/sshKey:SshKey", id: "4" };

function announce(keepsAddress: boolean, ...made: object[]): string {
  return announcement(parseStackState(exportedState(made)), "prod", keepsAddress);
}

describe("a whole stack with a live key pair", () => {
  const { stack, address, server, keyPair } = resources;
  const whole = [stack, address, server, firewall, sshKey, keyPair];

  test("everything", () => {
    expect(announce(false, ...whole)).toMatchInlineSnapshot(`
      "This deletes what the stack prod has at Hetzner:
        the server trading-bot-prod with its disk: the bot's program and its state
        the address 203.0.113.10, which another customer of Hetzner may get
        its firewall
        its SSH key
      To keep an encrypted copy of the bot's state on this computer first: npm run backup -- FILE
      Hetzner then no longer bills: cx23 in fsn1: 5.99 € a month
      The key pair a1b2c3d4 is live on the server, and is deleted with it. Open orders and positions at Binance stay, without a bot that watches them.
      The key stays valid at Binance. Delete it there, or remove 203.0.113.10 from its whitelist.
      The settings stay. To remove them as well, run afterwards: pulumi stack rm prod
      "
    `);
  });

  test("a key that was made on the server ends with its disk", () => {
    const state = parseStackState(exportedState(whole));
    const announced = announcement(state, "prod", true, true);
    expect(announced).toContain("Its private key was made on the server and is nowhere else");
    expect(announced).toContain("npm run make-key");
    expect(announced).not.toContain("installs the key pair of the settings again");
  });

  test("a volume with the bot's state stays unless it is named", () => {
    const announced = announce(false, ...whole, resources.volume);
    expect(announced).toContain("the server trading-bot-prod with its disk: the bot's program\n");
    expect(announced).toContain(
      "The volume trading-bot-prod (10 GB, in fsn1) has the bot's state. It stays unless you type its name; with --yes, it is deleted unless there is --keep-volume. It costs about 0.57 € a month.",
    );
  });

  test("everything but the address", () => {
    expect(announce(true, ...whole)).toMatchInlineSnapshot(`
      "This deletes what the stack prod has at Hetzner, except its address:
        the server trading-bot-prod with its disk: the bot's program and its state
        its firewall
        its SSH key
      To keep an encrypted copy of the bot's state on this computer first: npm run backup -- FILE
      The address 203.0.113.10 stays yours, and stays protected. It costs about 0.50 € a month.
      The next \`pulumi up\` orders a server at this address, at the price of that day.
      The key pair a1b2c3d4 is live on the server, and is deleted with it. Open orders and positions at Binance stay, without a bot that watches them.
      The next \`pulumi up\` installs the key pair of the settings again.
      The settings stay.
      "
    `);
  });
});

test("a first `pulumi up` that failed after the address", () => {
  expect(announce(false, { ...resources.stack, outputs: {} }, resources.address)).toMatchInlineSnapshot(`
    "This deletes what the stack prod has at Hetzner:
      the address 203.0.113.10, which another customer of Hetzner may get
    The settings stay. To remove them as well, run afterwards: pulumi stack rm prod
    "
  `);
});

test("a first `pulumi up` that failed before anything was made at Hetzner", () => {
  expect(announce(false, { ...resources.stack, outputs: {} })).toMatchInlineSnapshot(`
    "The stack prod has nothing at Hetzner to delete. Its records are removed.
    The settings stay. To remove them as well, run afterwards: pulumi stack rm prod
    "
  `);
});
