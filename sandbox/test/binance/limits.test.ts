import { describe, expect, test } from "@jest/globals";
import { bodyOf, type Emulator, errorIn, makeKey, startEmulator } from "./support/emulator.ts";

const from = "127.0.0.2";

async function send(emulator: Emulator, path = "/api/v3/time") {
  const answer = await emulator.send(path, { from });
  return { answer, error: answer.status === 200 ? "" : errorIn(answer) };
}

describe("the weight that an address uses", () => {
  test("is in every answer, even in errors, and is counted per address", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    await emulator.send("/api/v3/time");
    const account = await emulator.sendSigned("/api/v3/account", key);
    expect(account.headers).toMatchObject({ "x-mbx-used-weight-1m": "21" });
    expect((await emulator.send("/api/v3/account")).headers).toMatchObject({ "x-mbx-used-weight-1m": "41" });
    expect((await send(emulator)).answer.headers).toMatchObject({ "x-mbx-used-weight-1m": "1" });
  });

  test("is counted separately for each call of /sapi", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const used = async (path: string) =>
      (await emulator.sendSigned(`/sapi/v1${path}`, key)).headers["x-sapi-used-ip-weight-1m"];
    expect(await used("/account/status")).toBe("1");
    expect(await used("/account/status")).toBe("2");
    expect(await used("/capital/withdraw/address/list")).toBe("10");
  });

  test("starts again with each minute", async () => {
    const emulator = await startEmulator();
    await emulator.control.setWeightLimits({ api: 1, sapi: 1 });
    emulator.clock.advance(20_000);
    expect((await send(emulator)).error).toBe("");
    const { answer, error } = await send(emulator);
    expect(error).toMatch(
      /^429 -1003 Too much request weight used; current limit is 1 request weight per 1 MINUTE\./,
    );
    expect(answer.headers["retry-after"]).toBe("40");
    emulator.clock.advance(40_000);
    expect((await send(emulator)).error).toBe("");
  });

  test("leads to a ban if the limit is ignored, and to a longer one the next time", async () => {
    const emulator = await startEmulator();
    await emulator.control.setWeightLimits({ api: 1, sapi: 1 });
    for (const seconds of [120, 240]) {
      for (let count = 0; count < 11; count += 1) {
        await send(emulator);
      }
      const { answer, error } = await send(emulator);
      const until = emulator.clock.now().getTime() + seconds * 1000;
      expect(error).toContain(`418 -1003 Way too much request weight used; IP banned until ${until}.`);
      expect(answer.headers["retry-after"]).toBe(String(seconds));
      bodyOf(await emulator.send("/api/v3/time"));
      emulator.clock.advance(seconds * 1000);
    }
    expect((await send(emulator)).error).toBe("");
  });
});

describe("an address", () => {
  test("can be banned, which ends", async () => {
    const emulator = await startEmulator();
    await emulator.control.changeAccess(from, { kind: "ban", seconds: 60 });
    expect((await send(emulator)).error).toMatch(/^418 -1003 /);
    emulator.clock.advance(60_000);
    expect((await send(emulator)).error).toBe("");
  });

  test("can be in a country that isn't served", async () => {
    const emulator = await startEmulator();
    await emulator.control.changeAccess(from, { kind: "restrict" });
    expect((await send(emulator)).error).toMatch(/^451 0 Service unavailable from a restricted location /);
    bodyOf(await emulator.send("/api/v3/time"));
    await emulator.control.changeAccess(from, { kind: "pardon" });
    expect((await send(emulator)).error).toBe("");
  });

  test("can be blocked by the firewall, with a page", async () => {
    const emulator = await startEmulator();
    await emulator.control.changeAccess(from, { kind: "block" });
    const { status, headers, text } = await emulator.send("/api/v3/time", { from });
    expect([status, headers["content-type"], text]).toEqual([
      403,
      "text/html",
      expect.stringMatching(/^<html>/),
    ]);
  });
});
