import { connect } from "node:net";
import { join } from "node:path";
import * as z from "zod";
import { run } from "../sandbox/command.ts";
import { until } from "../sandbox/until.ts";

const api = "https://api.hetzner.cloud/v1";

const action = z.object({ id: z.int(), status: z.enum(["running", "success", "error"]) });
const replies = {
  sshKey: z.object({ ssh_key: z.object({ id: z.int() }) }),
  primaryIp: z.object({ primary_ip: z.object({ id: z.int(), ip: z.string() }) }),
  firewall: z.object({ firewall: z.object({ id: z.int() }) }),
  server: z.object({ server: z.object({ id: z.int() }), action, next_actions: z.array(action) }),
  actions: z.object({ actions: z.array(action) }),
};

/**
 * Measures what every first `pulumi up` must wait for: orders the same four resources by plain requests, waits for
 * Hetzner's actions and for sshd to answer, and deletes everything.
 *
 * @param folder for a throw-away key
 * @returns the time until sshd answered, in seconds
 */
export async function orderByHand(token: string, folder: string): Promise<number> {
  const name = "by-hand";
  const keyFile = join(folder, name);
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keyFile]);
  const publicKey = (await run(["cat", `${keyFile}.pub`])).trim();

  const start = performance.now();
  const [sshKey, primaryIp, firewall] = await Promise.all([
    call(token, "POST", "/ssh_keys", { name, public_key: publicKey }).then(
      (reply) => replies.sshKey.parse(reply).ssh_key,
    ),
    call(token, "POST", "/primary_ips", { name, type: "ipv4", location: "fsn1", auto_delete: false }).then(
      (reply) => replies.primaryIp.parse(reply).primary_ip,
    ),
    call(token, "POST", "/firewalls", {
      name,
      rules: [{ direction: "in", protocol: "tcp", port: "22", source_ips: ["198.51.100.10/32"] }],
    }).then((reply) => replies.firewall.parse(reply).firewall),
  ]);
  const ordered = replies.server.parse(
    await call(token, "POST", "/servers", {
      name,
      server_type: "cx23",
      image: "debian-13",
      location: "fsn1",
      ssh_keys: [sshKey.id],
      firewalls: [{ firewall: firewall.id }],
      public_net: { enable_ipv4: true, enable_ipv6: false, ipv4: primaryIp.id },
    }),
  );
  await finished(
    token,
    [ordered.action, ...ordered.next_actions].map(({ id }) => id),
  );
  await until(() => answers(primaryIp.ip));
  const elapsed = (performance.now() - start) / 1000;

  await call(token, "DELETE", `/servers/${ordered.server.id}`);
  await until(async () => await gone(token, `/servers/${ordered.server.id}`));
  await call(token, "DELETE", `/firewalls/${firewall.id}`);
  await call(token, "DELETE", `/primary_ips/${primaryIp.id}`);
  await call(token, "DELETE", `/ssh_keys/${sshKey.id}`);
  return elapsed;
}

async function call(token: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(api + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  }
  const reply: unknown = text === "" ? undefined : JSON.parse(text);
  return reply;
}

async function gone(token: string, path: string): Promise<boolean> {
  const response = await fetch(api + path, { headers: { authorization: `Bearer ${token}` } });
  return response.status === 404;
}

async function finished(token: string, ids: number[]): Promise<void> {
  const query = ids.map((id) => `id=${id}`).join("&");
  await until(async () => {
    const { actions } = replies.actions.parse(await call(token, "GET", `/actions?${query}`));
    return actions.every(({ status }) => status !== "running");
  });
}

/** sshd answers when it speaks first: an accepted connection alone proves only a listening socket. */
function answers(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 22, timeout: 1000 });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("data", () => {
      end(true);
    });
    for (const event of ["error", "timeout", "close"]) {
      socket.once(event, () => {
        end(false);
      });
    }
  });
}
