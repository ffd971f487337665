import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isRebuildProtected, lastActionOf, rebuild, setRebuildProtection } from "../../hetzner/rebuild.ts";
import { actionAnswer, type Answer, HetznerStandIn, refusal } from "./support.ts";

let hetzner: HetznerStandIn;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
});

afterAll(() => {
  hetzner.stop();
});

const request = "POST /servers/42/actions/rebuild";
const history = "GET /servers/42/actions";
const wanted = { image: "debian-13", userData: "#cloud-config", after: 7 };

/** The server's actions, the newest first. */
function actions(...list: { id: number; command?: string; status?: string }[]): Answer {
  const defaults = { command: "rebuild_server", status: "success" };
  return { body: { actions: list.map((action) => ({ ...defaults, ...action })) } };
}

const earlier = { id: 7 };
const requests = () => hetzner.calls.filter((call) => call === request).length;

describe("a rebuild", () => {
  test("is requested with image and user data, and waited for", async () => {
    hetzner.answer({
      [history]: actions(earlier),
      [request]: actionAnswer("running"),
      "GET /actions/7": [actionAnswer("running"), actionAnswer()],
    });
    await rebuild(hetzner.client(), 42, wanted);
    expect(hetzner.requests.find(({ call }) => call === request)?.body).toBe(
      JSON.stringify({ image: "debian-13", user_data: "#cloud-config" }),
    );
    expect(hetzner.calls.at(-1)).toBe("GET /actions/7");
  });

  test("that an earlier run has requested is not requested again", async () => {
    hetzner.answer({
      [history]: actions({ id: 9, command: "change_protection" }, { id: 8, status: "running" }, earlier),
      "GET /actions/8": actionAnswer(),
    });
    await rebuild(hetzner.client(), 42, wanted);
    expect(requests()).toBe(0);
  });

  test("whose answer was lost is not requested again", async () => {
    hetzner.answer({ [history]: [actions(earlier), actions({ id: 8 }, earlier)], [request]: "lost" });
    await rebuild(hetzner.client(), 42, wanted);
    expect(requests()).toBe(1);
  });

  test("that has not reached Hetzner is requested again", async () => {
    let tries = 0;
    hetzner.answer({
      [history]: actions(earlier),
      [request]: () => {
        tries += 1;
        return tries === 1 ? "lost" : actionAnswer();
      },
    });
    await rebuild(hetzner.client(), 42, wanted);
    expect(tries).toBe(2);
  });

  test("that has failed in an earlier run is requested again", async () => {
    hetzner.answer({ [history]: actions({ id: 8, status: "error" }, earlier), [request]: actionAnswer() });
    await rebuild(hetzner.client(), 42, wanted);
    expect(requests()).toBe(1);
  });

  test.each([
    ["refused", refusal(422, "invalid_input"), "invalid_input"],
    ["failed", actionAnswer("error"), "action_failed"],
  ])("that is %s is not repeated by itself", async (_, answer, code) => {
    hetzner.answer({ [history]: actions(earlier), [request]: answer });
    await expect(rebuild(hetzner.client(), 42, wanted)).rejects.toMatchObject({ code });
    expect(requests()).toBe(1);
  });
});

test.each([
  [actions({ id: 9, command: "create_server" }, earlier), 9],
  [actions(), 0],
])("the last action is the newest one", async (answer, id) => {
  hetzner.answer({ [history]: answer });
  expect(await lastActionOf(hetzner.client(), 42)).toBe(id);
});

test("the protection is read, and lifted together with the one from deletion, as Hetzner wants it", async () => {
  hetzner.answer({
    "GET /servers/42": { body: { server: { protection: { delete: true, rebuild: true } } } },
    "POST /servers/42/actions/change_protection": actionAnswer(),
  });
  const client = hetzner.client();
  expect(await isRebuildProtected(client, 42)).toBe(true);
  await setRebuildProtection(client, 42, false);
  expect(hetzner.requests.at(-1)?.body).toBe(JSON.stringify({ delete: false, rebuild: false }));
});
