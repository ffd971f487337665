import { expect, test } from "@jest/globals";
import { judgeAddress } from "../../../checklist/rules/address.ts";
import { failed, refused, soundReply } from "../../binance/support.ts";
import { ipAddress, soundServer } from "../support.ts";

const judge = (changes: Parameters<typeof soundServer>[0]) => judgeAddress(soundServer(changes), ipAddress);
const naming = (requestIp: string) => failed(refused(401, -2015, { requestIp }));

test("a key with a whitelist that works from the server is evidence", () => {
  expect(judge({})).toMatchSnapshot();
});

test("a refusal that names the address proves it", () => {
  expect(judge({ orderTest: naming(ipAddress) })).toMatchSnapshot();
});

test("a refusal that names another address fails, in whichever reply", () => {
  expect(judge({ accountStatus: naming("192.0.2.1") })).toMatchSnapshot();
  expect(judge({ account: naming(ipAddress), orderTest: naming("192.0.2.1") }).verdict).toBe("fail");
});

test("otherwise it is unknown", () => {
  expect(
    judge({ restrictions: { ok: true, value: { ...soundReply, ipRestrict: false } } }),
  ).toMatchSnapshot();
  expect(judge({ restrictions: failed(refused(503)) })).toMatchSnapshot();
  expect(judge({ restrictions: failed({ kind: "skipped" }) }).detail).toBe("Binance has not named it.");
});

test("after a failure the remedy isn't a change of the whitelist, which may be right", () => {
  for (const failure of [refused(403), { kind: "skipped" } as const]) {
    expect(judge({ restrictions: failed(failure) }).remedy).toBe(
      "Fix what point 8 reports, and run this again.",
    );
  }
});
