import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { adviceFor, adviceForUnreachable } from "../../hetzner/reachability.ts";
import { type Answer, HetznerStandIn, refusal, server } from "./support.ts";

let hetzner: HetznerStandIn;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
});

afterAll(() => {
  hetzner.stop();
});

test.each<[string, Answer, string]>([
  ["off", server("off"), "The server is off. To switch it on: Hetzner's Console"],
  ["on", server("running"), "pulumi config set adminCidrs"],
  ["being rebuilt", server("rebuilding"), "Hetzner reports the server as rebuilding."],
  ["deleted there", refusal(404, "not_found"), "`pulumi up --refresh`"],
  ["unknown, because the token was deleted", refusal(401, "unauthorized"), "didn't say whether it is on"],
])("a server that can't be reached, and is %s", async (_, answer, text) => {
  hetzner.answer({ "GET /servers/42": answer });
  expect(await adviceForUnreachable(hetzner.client(), 42)).toContain(text);
  // It may be off on purpose, such as after a break-in.
  expect(hetzner.requests.every(({ call }) => call.startsWith("GET "))).toBe(true);
});

test.each(["off", "running", "starting"])(
  "the advice for a server that is %s ends with the next step",
  (status) => {
    expect(adviceFor(status)).toContain("Then run `pulumi up` again.");
  },
);
