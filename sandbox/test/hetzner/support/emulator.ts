import { afterEach } from "@jest/globals";
import * as z from "zod";
import { createHetzner, type HetznerOptions } from "../../../hetzner/hetzner.ts";
import { ManualClock } from "../../emulator/manual-clock.ts";
import { FakeDataCentre } from "./fake-data-centre.ts";
import { checkAgainstOpenApi } from "./openapi.ts";

export const token = "a".repeat(64);
export const otherToken = "b".repeat(64);

/** A public key, and what `ssh-keygen -l -E md5` says about it. */
export const publicKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFTUQGswKxpBzAbm5Ld+jfuP789JZbDv0KauPW8SsbS6 someone@example.com";

/** An answer that agrees with the documentation. */
interface Answer {
  status: number;
  headers: Headers;
  /** The parsed body; undefined if there was none. */
  body: unknown;
}

/** An emulator on the loopback interface, with a client that checks every answer. */
export interface Emulator {
  url: string;
  clock: ManualClock;
  dataCentre: FakeDataCentre;
  /** The lines of its log. */
  reported: string[];
  /** @param path below /v1 */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** The same for a call that must succeed; @returns the body, parsed by the schema. */
  read<Shape>(schema: z.ZodType<Shape>, method: string, path: string, body?: unknown): Promise<Shape>;
  /** The same for a call that must fail; @returns status and code, "422 invalid_input". */
  errorOf(method: string, path: string, body?: unknown): Promise<string>;
  /** Waits until no action of the project's servers, firewalls and volumes runs. Actions take no time by default. */
  settled(): Promise<void>;
  control: ReturnType<typeof createHetzner>["control"];
  metadata: ReturnType<typeof createHetzner>["metadata"];
  /** All differences between answers and the documentation, for all clients. */
  violations: string[];
  stop(): Promise<void>;
}

interface CallOptions {
  token?: string;
  /** Sent unchanged, instead of a body. */
  text?: string;
}

const running: Emulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.stop()));
});

/** Starts an emulator that stops with the test. */
export async function startEmulator(options: Partial<HetznerOptions> = {}): Promise<Emulator> {
  const emulator = await launchEmulator(options);
  running.push(emulator);
  return emulator;
}

/** Starts an emulator that the caller must stop. */
export async function launchEmulator(options: Partial<HetznerOptions> = {}): Promise<Emulator> {
  const clock = new ManualClock();
  const dataCentre = new FakeDataCentre();
  const reported: string[] = [];
  const { api, control, metadata } = createHetzner({
    dataCentre,
    clock,
    tokens: [token, otherToken],
    report: (line) => reported.push(line),
    ...options,
    conditions: { actionDuration: 0, ...options.conditions },
  });
  const violations: string[] = [];
  api.addHook("onSend", (request, reply, payload, done) => {
    try {
      const path = request.url.replace(/^\/v1|\?.*$/g, "");
      const body: unknown = typeof payload === "string" ? JSON.parse(payload) : undefined;
      checkAgainstOpenApi(request.method, path, reply.statusCode, body);
    } catch (error) {
      violations.push(String(error));
    }
    done();
  });
  const url = `${await api.listen({ host: "127.0.0.1", port: 0 })}/v1`;

  const call: Emulator["call"] = async (method, path, body, callOptions = {}) => {
    const answer = await send(`${url}${path}`, method, body, callOptions);
    checkAgainstOpenApi(method, path.replace(/\?.*$/, ""), answer.status, answer.body);
    return answer;
  };
  const emulator: Emulator = {
    url,
    clock,
    dataCentre,
    reported,
    control,
    metadata,
    violations,
    call,
    async stop() {
      await Promise.all([api.close(), control.close(), metadata.close()]);
    },
    async read(schema, method, path, body) {
      const answer = await call(method, path, body);
      if (answer.status >= 300) {
        throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
      }
      return schema.parse(answer.body);
    },
    async errorOf(method, path, body) {
      const answer = await call(method, path, body);
      return `${answer.status} ${errorBody.parse(answer.body).error.code}`;
    },
    async settled() {
      for (const kind of ["servers", "firewalls", "volumes"]) {
        const list = z.object({ actions: z.array(z.unknown()) });
        while ((await emulator.read(list, "GET", `/${kind}/actions?status=running`)).actions.length > 0) {
          // Requests until then.
        }
      }
    },
  };
  return emulator;
}

async function send(url: string, method: string, body: unknown, options: CallOptions): Promise<Answer> {
  const text = options.text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${options.token ?? token}`,
      ...(text === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answer = await response.text();
  const parsed: unknown = answer === "" ? undefined : JSON.parse(answer);
  return { status: response.status, headers: response.headers, body: parsed };
}

export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z
      .object({ fields: z.array(z.object({ name: z.string() })).optional() })
      .loose()
      .nullable(),
  }),
});
