import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { KeyRequest } from "../../binance/control-protocol.ts";
import { Keys } from "../../binance/state/keys.ts";
import { RuleViolation } from "../../emulator/rule-violation.ts";
import { ManualClock } from "../emulator/manual-clock.ts";
import { makePair } from "./support/signing.ts";

const plain: KeyRequest = {
  label: "bot",
  type: "hmac",
  permissions: ["reading"],
  whitelist: [],
  symbols: [],
};

function create(request: Partial<KeyRequest> = {}, keys = new Keys(new ManualClock())) {
  return keys.create({ ...plain, ...request });
}

describe("a new key", () => {
  test("has 64 letters and digits, and its own secret", () => {
    const { apiKey, credential } = create();
    const secret = credential.type === "hmac" ? credential.secret : "";
    expect([apiKey, secret]).toEqual(Array(2).fill(expect.stringMatching(/^[A-Za-z0-9]{64}$/)));
    expect(apiKey).not.toBe(secret);
  });

  const rsa = makePair("rsa");
  test.each<[string, Partial<KeyRequest>, string]>([
    ["no label", { label: " " }, "a key needs a label"],
    ["an unknown permission", { permissions: ["all"] }, 'there is no permission "all"'],
    ["withdrawals from anywhere", { permissions: ["withdrawals"] }, "withdrawals need a restriction"],
    ["a space in the whitelist", { whitelist: ["1.2.3.4", " 1.2.3.5"] }, 'illegal IP: " 1.2.3.5"'],
    ["a range", { whitelist: ["1.2.3.0/24"] }, "illegal IP"],
    ["IPv6", { whitelist: ["::1"] }, "illegal IP"],
    ["too many addresses", { whitelist: Array<string>(31).fill("1.2.3.4") }, "at most 30 trusted"],
    ["a public key that isn't needed", { publicKey: rsa.publicKey }, "takes no public key"],
    ["no public key", { type: "ed25519" }, "must be a PEM text"],
    ["a private key", { type: "rsa", publicKey: rsa.pem }, "must be a PEM text"],
    ["another type's key", { type: "ed25519", publicKey: rsa.publicKey }, "isn't an ed25519 key"],
    ["a short key", { type: "rsa", publicKey: makePair("rsa", 1024).publicKey }, "2048 or 4096 bits"],
    ["half a key", { type: "rsa", publicKey: rsa.publicKey.slice(0, 90) }, "can't be read"],
  ])("is refused with %s", (_what, request, refusal) => {
    expect(() => create(request)).toThrow(RuleViolation);
    expect(() => create(request)).toThrow(refusal);
  });

  test("is refused if there are already 30", () => {
    const keys = new Keys(new ManualClock());
    for (let count = 0; count < 30; count += 1) {
      create({}, keys);
    }
    expect(() => create({}, keys)).toThrow("an account has at most 30 keys");
    keys.remove(keys.named("30"));
    expect(create({}, keys).id).toBe(31);
  });
});

test("a key whose list of addresses was emptied is restricted, and may be used from nowhere", () => {
  const keys = new Keys(new ManualClock());
  const key = create({ whitelist: ["198.51.100.7"] }, keys);
  expect(key.isRestricted).toBe(true);
  keys.edit(key, { whitelist: [], isRestricted: true });
  expect([key.isRestricted, key.whitelist]).toEqual([true, []]);
  keys.edit(key, { whitelist: [] });
  expect(key.isRestricted).toBe(false);
});

describe("a key", () => {
  test("stays unchanged if an edit is refused", () => {
    const keys = new Keys(new ManualClock());
    const key = create({ permissions: ["reading", "withdrawals"], whitelist: ["1.2.3.4"] }, keys);
    const before = { ...key };
    expect(() => {
      keys.edit(key, { label: "new", whitelist: [] });
    }).toThrow("withdrawals need a restriction");
    expect(key).toEqual(before);
    keys.edit(key, { permissions: ["reading"], whitelist: [] });
    expect(key).toMatchObject({ label: "bot", whitelist: [], permissions: new Set(["enableReading"]) });
  });

  test("is found by number, label or API key, unless several match", () => {
    const keys = new Keys(new ManualClock());
    const [one, other] = [create({ label: "a" }, keys), create({ label: "b" }, keys)];
    expect([keys.named("1"), keys.named("b"), keys.named(one.apiKey)]).toEqual([one, other, one]);
    expect(() => keys.named("c")).toThrow('there is no key "c"');
    create({ label: "b" }, keys);
    expect(() => keys.named("b")).toThrow('several keys are "b": no. 2, no. 3');
  });
});

/** Four numbers up to 255, without leading zeros, which some programs read as octal. */
const plainAddress = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

test("a whitelist is only saved if all of it is plain IPv4 addresses", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.string()), { maxLength: 35 }),
      (whitelist) => {
        const isLegal = whitelist.every((text) => plainAddress.test(text)) && whitelist.length <= 30;
        try {
          expect(create({ whitelist }).whitelist).toEqual(whitelist);
          expect(isLegal).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RuleViolation);
          expect(isLegal).toBe(false);
        }
      },
    ),
  );
});
