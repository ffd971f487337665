import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { macAddress } from "../../hetzner/mac-address.ts";
import { type Emulator, publicKey, startEmulator } from "./support/emulator.ts";
import { act, makeKey, makeServer } from "./support/things.ts";

async function start() {
  const emulator = await startEmulator();
  const key = await makeKey(emulator);
  const wishes = { ssh_keys: [key.id], user_data: "#cloud-config\n# one\n" };
  const { id, public_net: net } = await makeServer(emulator, wishes);
  const ipv4 = net.ipv4?.ip ?? "";
  return { emulator, id, ipv4, read: (path: string, from = ipv4) => read(emulator, path, from) };
}

async function read({ metadata }: Emulator, path: string, remoteAddress: string) {
  const answer = await metadata.inject({ url: `/hetzner/v1/${path}`, remoteAddress });
  return answer.statusCode === 200 ? answer.body : answer.statusCode;
}

test("a server can read its own metadata", async () => {
  const { id, ipv4, read } = await start();
  expect(await read("metadata/hostname")).toBe("bot");
  expect(await read("metadata/instance-id")).toBe(String(id));
  expect(await read("metadata/public-ipv4")).toBe(ipv4);
  expect(await read("metadata/availability-zone")).toBe("nbg1-dc1");
  expect(await read("metadata/region")).toBe("eu-central");
  expect(await read("metadata/public-keys")).toBe(JSON.stringify([publicKey]));
  expect(parse(String(await read("metadata")))).toEqual({
    "availability-zone": "nbg1-dc1",
    hostname: "bot",
    "instance-id": id,
    "network-config": {
      config: [
        {
          mac_address: macAddress(id),
          name: "eth0",
          subnets: [{ ipv4: true, type: "dhcp" }],
          type: "physical",
        },
      ],
      version: 1,
    },
    "public-ipv4": ipv4,
    "public-keys": [publicKey],
    region: "eu-central",
  });
});

test("any process of a server can read its user data, and after a rebuild the new user data", async () => {
  const { emulator, id, read } = await start();
  expect(await read("userdata")).toBe("#cloud-config\n# one\n");
  await act(emulator, id, "rebuild", { image: "debian-13" });
  expect(await read("userdata")).toBe("#cloud-config\n# one\n");
  await act(emulator, id, "rebuild", { image: "debian-13", user_data: "# two\n" });
  expect(await read("userdata")).toBe("# two\n");
});

test("a client that isn't a server gets nothing, and an unknown call gets nothing", async () => {
  const { emulator, id, ipv4, read } = await start();
  expect(await read("userdata", "198.51.100.66")).toBe(404);
  expect(await read("metadata", "203.0.113.254")).toBe(404);
  for (const path of ["", "hostname", "metadata/", "metadata/hostname/x", "metadata/toString", "v2"]) {
    expect([path, await read(path)]).toEqual([path, path === "metadata/" ? expect.any(String) : 404]);
  }
  await emulator.call("DELETE", `/servers/${id}`);
  await emulator.settled();
  expect(await read("userdata", ipv4)).toBe(404);
});
