import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as z from "zod";
import { runInMachine } from "../../machines/inspect.ts";
import { at } from "../../network/at.ts";
import { until } from "../../until.ts";

// The server is ordered through the API, because the metadata service knows no other.

const url = "http://169.254.169.254/hetzner/v1";
const reply = z.object({ server: z.object({ id: z.int(), status: z.string() }) });
const userData = "#cloud-config\n# a secret of the order\n";
let id = 0;

beforeAll(async () => {
  const firewall = await call(z.object({ firewall: z.object({ id: z.int() }) }), "POST", "/firewalls", {
    name: "closed",
    rules: [{ direction: "out", protocol: "icmp", destination_ips: ["0.0.0.0/0"] }],
  });
  const order = { name: "asks", server_type: "cx23", image: "debian-13", location: "nbg1" };
  const firewalls = [{ firewall: firewall.firewall.id }];
  ({ id } = (await call(reply, "POST", "/servers", { ...order, user_data: userData, firewalls })).server);
  const status = async () => (await call(reply, "GET", `/servers/${id}`)).server.status;
  await until(async () => (await status()) === "running");
});

afterAll(async () => {
  await call(z.unknown(), "DELETE", `/servers/${id}`);
});

test("any process of the server can read its user data, whatever the firewall forbids", async () => {
  const asNobody = ["setpriv", "--reuid=nobody", "--clear-groups", "curl", "--silent"] as const;
  expect((await runInMachine(id, [...asNobody, `${url}/userdata`])).stdout).toBe(userData);
  expect((await runInMachine(id, [...asNobody, `${url}/metadata/instance-id`])).stdout).toBe(String(id));
});

test("nobody else can", async () => {
  const status = ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}"] as const;
  expect((await at("stranger", [...status, `${url}/userdata`])).stdout).toBe("404");
});

async function call<Shape>(shape: z.ZodType<Shape>, method: string, path: string, body?: unknown) {
  const response = await fetch(`https://api.hetzner.cloud/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  }
  return shape.parse(JSON.parse(text));
}
