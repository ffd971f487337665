import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { HetznerError } from "../../hetzner/failure.ts";
import { ensureOn, shutDown } from "../../hetzner/power.ts";
import { actionAnswer, type Answer, HetznerStandIn, refusal, server } from "./support.ts";

let hetzner: HetznerStandIn;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
});

afterAll(() => {
  hetzner.stop();
});

const press = "POST /servers/42/actions/shutdown";
const powerOn = "POST /servers/42/actions/poweron";
const look = "GET /servers/42";
const history = "GET /servers/42/actions";

/** The server's last actions, the newest first. */
function actions(...list: { command: string; started: string }[]): Answer {
  return { body: { actions: list } };
}

/** A server whose status a call changes. */
class Machine {
  status: string;
  /** The calls that changed something. */
  presses = 0;

  constructor(status: string) {
    this.status = status;
  }

  /** @param answers to the calls that press the button; "ignored": it is answered, and nothing happens */
  answers(call: string, after: string, ...answers: (Answer | "ignored")[]) {
    hetzner.answer({
      [look]: () => server(this.status),
      [history]: actions(),
      [call]: () => {
        const answer = answers[this.presses] ?? actionAnswer();
        this.presses += 1;
        if (answer === "ignored") {
          return actionAnswer();
        }
        if (
          answer === "lost" ||
          (typeof answer === "object" && "status" in answer && answer.status === 201)
        ) {
          this.status = after;
        }
        return answer;
      },
    });
  }
}

async function failureOf(call: Promise<unknown>): Promise<HetznerError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HetznerError)) {
    throw new Error(`no HetznerError: ${inspect(error)}`);
  }
  return error;
}

describe("to shut a server down", () => {
  test("presses the button, and waits until it is off", async () => {
    const machine = new Machine("running");
    machine.answers(press, "stopping");
    hetzner.clock.onSleep = () => {
      machine.status = hetzner.clock.waits.length > 5 ? "off" : machine.status;
    };
    await shutDown(hetzner.client(), 42);
    expect(machine.presses).toBe(1);
    expect(hetzner.requests.find(({ call }) => call === press)?.body).toBe("{}");
  });

  test("does nothing if it is off", async () => {
    const machine = new Machine("off");
    machine.answers(press, "off");
    await shutDown(hetzner.client(), 42);
    expect(machine.presses).toBe(0);
  });

  test("waits while it starts, before the button is pressed", async () => {
    const machine = new Machine("starting");
    machine.answers(press, "off");
    hetzner.clock.onSleep = () => {
      machine.status = machine.status === "starting" ? "running" : machine.status;
    };
    await shutDown(hetzner.client(), 42);
    expect(machine.presses).toBe(1);
  });

  test("survives a lost answer, and a locked server", async () => {
    const machine = new Machine("running");
    machine.answers(press, "off", refusal(423, "locked"), refusal(423, "locked"), "lost");
    await shutDown(hetzner.client(), 42);
    expect(machine.presses).toBe(3);
  });

  test("presses again after a minute", async () => {
    const machine = new Machine("running");
    machine.answers(press, "off", "ignored");
    const start = hetzner.clock.time;
    await shutDown(hetzner.client(), 42);
    expect(machine.presses).toBe(2);
    expect(hetzner.clock.time - start).toBeGreaterThanOrEqual(60_000);
  });

  test("gives up after five minutes, and never cuts the power", async () => {
    const machine = new Machine("running");
    machine.answers(press, "off", ...Array.from({ length: 9 }, () => "ignored" as const));
    const start = hetzner.clock.time;
    expect(await failureOf(shutDown(hetzner.client(), 42))).toMatchObject({
      code: "unfinished",
      message:
        "The server 42 is still on, 5 minutes after the request to shut down. Its power was not cut. If it goes off later, the next pulumi up switches it on.",
    });
    expect(hetzner.clock.time - start).toBeGreaterThanOrEqual(300_000);
    expect(machine.presses).toBe(5);
    expect(new Set(hetzner.calls)).toEqual(new Set([look, press]));
  });

  test("fails at once if the token may not do it, or the server is gone", async () => {
    hetzner.answer({ [look]: server("running"), [press]: refusal(401, "token_readonly") });
    expect((await failureOf(shutDown(hetzner.client(), 42))).code).toBe("token_readonly");
    hetzner.answer({});
    expect((await failureOf(shutDown(hetzner.client(), 42))).code).toBe("not_found");
    expect(hetzner.clock.waits).toEqual([]);
  });
});

describe("to make sure that a server is on", () => {
  test("turns it on if it is off", async () => {
    const machine = new Machine("off");
    machine.answers(powerOn, "running");
    expect(await ensureOn(hetzner.client(), 42)).toBe(true);
    expect(machine.presses).toBe(1);
  });

  test("does nothing if it runs", async () => {
    const machine = new Machine("running");
    machine.answers(powerOn, "running");
    expect(await ensureOn(hetzner.client(), 42)).toBe(false);
    expect(hetzner.calls).toEqual([look, history]);
  });

  test("waits for a server that shuts down because of an interrupted run, and turns it on then", async () => {
    const pressed = { command: "shutdown_server", started: new Date(hetzner.clock.time).toISOString() };
    let status = "running";
    hetzner.answer({
      [look]: () => server(status),
      [history]: actions({ command: "change_protection", started: "" }, pressed),
      [powerOn]: () => {
        status = "running";
        return actionAnswer();
      },
    });
    hetzner.clock.onSleep = () => {
      status = hetzner.clock.waits.length === 3 ? "off" : status;
    };
    expect(await ensureOn(hetzner.client(), 42)).toBe(true);
  });

  test("doesn't wait for a server whose type was changed after the shutdown: Hetzner has started it", async () => {
    const started = new Date(hetzner.clock.time).toISOString();
    hetzner.answer({
      [look]: server("running"),
      [history]: actions({ command: "change_server_type", started }, { command: "shutdown_server", started }),
    });
    expect(await ensureOn(hetzner.client(), 42)).toBe(false);
    expect(hetzner.clock.waits).toEqual([]);
  });

  test("doesn't wait for a server that ignores the button: it has run on for two minutes", async () => {
    const started = new Date(hetzner.clock.time - 120_000).toISOString();
    hetzner.answer({
      [look]: server("running"),
      [history]: actions({ command: "shutdown_server", started }),
    });
    expect(await ensureOn(hetzner.client(), 42)).toBe(false);
  });

  test.each(["starting", "migrating", "initializing", "rebuilding", "unknown"])(
    "waits while it is %s",
    async (status) => {
      const machine = new Machine(status);
      machine.answers(powerOn, "running");
      hetzner.clock.onSleep = () => {
        machine.status = hetzner.clock.waits.length > 4 ? "running" : machine.status;
      };
      expect(await ensureOn(hetzner.client(), 42)).toBe(false);
      expect(machine.presses).toBe(0);
    },
  );

  test("waits while it stops, and turns it on then", async () => {
    const machine = new Machine("stopping");
    machine.answers(powerOn, "running");
    hetzner.clock.onSleep = () => {
      machine.status = machine.status === "stopping" ? "off" : machine.status;
    };
    expect(await ensureOn(hetzner.client(), 42)).toBe(true);
    expect(machine.presses).toBe(1);
  });

  test("survives lost answers: it looks before it repeats the request", async () => {
    const machine = new Machine("off");
    machine.answers(powerOn, "running", "lost");
    expect(await ensureOn(hetzner.client(), 42)).toBe(true);
    expect(machine.presses).toBe(1);
  });

  test("survives a connection that is lost for minutes", async () => {
    const machine = new Machine("off");
    machine.answers(powerOn, "running");
    let failures = 20;
    hetzner.answer({
      [look]: () => (failures-- > 0 ? "lost" : server(machine.status)),
      [powerOn]: () => {
        machine.status = "running";
        return actionAnswer();
      },
    });
    expect(await ensureOn(hetzner.client(), 42)).toBe(true);
  });

  test("survives an action that fails", async () => {
    const machine = new Machine("off");
    machine.answers(powerOn, "running", {
      body: { action: { id: 7, command: "start_server", status: "error" } },
    });
    expect(await ensureOn(hetzner.client(), 42)).toBe(true);
    expect(machine.presses).toBe(2);
  });

  test("fails with Hetzner's code if it is refused again and again", async () => {
    const machine = new Machine("off");
    machine.answers(
      powerOn,
      "running",
      ...Array.from({ length: 9 }, () => refusal(412, "resource_unavailable")),
    );
    expect((await failureOf(ensureOn(hetzner.client(), 42))).code).toBe("resource_unavailable");
    expect(machine.presses).toBe(5);
  });

  test("gives up after a quarter of an hour", async () => {
    const machine = new Machine("migrating");
    machine.answers(powerOn, "running");
    expect(await failureOf(ensureOn(hetzner.client(), 42))).toMatchObject({
      code: "unfinished",
      message: "The server 42 doesn't run, 15 minutes after the request to turn it on.",
    });
  });
});
