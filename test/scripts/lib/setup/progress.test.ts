import { expect, test } from "@jest/globals";
import { nextStep, type Progress, wantedMode } from "../../../../scripts/lib/setup/progress.ts";

const settings = { "hcloud:token": "token", adminCidrs: "203.0.113.7/32", bot: '{"command":"/bot"}' };

function progress(more: Partial<Progress>): Progress {
  return {
    values: settings,
    keyPair: undefined,
    installed: undefined,
    release: undefined,
    isBotLater: false,
    wantsNewKey: false,
    isUpToDate: false,
    ...more,
  };
}

const server = { keyPair: undefined, botMode: "live" } as const;

test.each<[what: string, step: ReturnType<typeof nextStep>, progress: Partial<Progress>]>([
  ["a new stack needs the token first", "token", { values: {} }],
  ["an empty setting is a missing one", "token", { values: { ...settings, "hcloud:token": "" } }],
  ["then who may connect", "admin-cidrs", { values: { "hcloud:token": "token" } }],
  ["then the bot", "bot", { values: { ...settings, bot: "" } }],
  ["or it is for later", "order", { values: { ...settings, bot: "" }, isBotLater: true }],
  ["then the server is ordered", "order", {}],
  ["then a key is created for its address", "key", { installed: server }],
  ["a key that is set already is verified and installed", "update", { keyPair: "AA", installed: server }],
  [
    "after that, the program is installed",
    "program",
    { keyPair: "AA", installed: { ...server, keyPair: "AA" } },
  ],
  [
    "and then all is there",
    "done",
    { keyPair: "AA", installed: { ...server, keyPair: "AA" }, release: "123" },
  ],
  [
    "a bot in paper mode needs no key",
    "program",
    {
      values: { ...settings, bot: '{"preset":"freqtrade","mode":"paper"}' },
      installed: { ...server, botMode: "paper" },
    },
  ],
  [
    "until it should trade with real money",
    "key",
    { values: { ...settings, bot: '{"preset":"freqtrade"}' }, installed: { ...server, botMode: "paper" } },
  ],
  [
    "another key is asked for, although there is one",
    "key",
    { keyPair: "AA", installed: { ...server, keyPair: "AA" }, release: "123", wantsNewKey: true },
  ],
  [
    "another key in the settings is installed",
    "update",
    { keyPair: "BB", installed: { ...server, keyPair: "AA" }, release: "123" },
  ],
  [
    "a bot that was set after the last `pulumi up` is installed",
    "update",
    { keyPair: "AA", installed: { keyPair: "AA", botMode: "none" } },
  ],
  [
    "an update that has succeeded isn't repeated, whatever it has installed",
    "program",
    { keyPair: "AA", installed: { keyPair: "AA", botMode: "none" }, isUpToDate: true },
  ],
  [
    "without a bot, there is nothing to install",
    "done",
    {
      values: { ...settings, bot: "" },
      isBotLater: true,
      keyPair: "AA",
      installed: { keyPair: "AA", botMode: "none" },
    },
  ],
])("%s", (_what, step, more) => {
  expect(nextStep(progress(more))).toBe(step);
});

test("what is wrong with the setting `bot` is left to `pulumi up`", () => {
  expect([wantedMode("{"), wantedMode('{"mode":"papr"}'), wantedMode("[]")]).toEqual([
    "live",
    "live",
    "live",
  ]);
});
