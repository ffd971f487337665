import { describe, expect, test } from "@jest/globals";
import { publicKey, startEmulator } from "./support/emulator.ts";
import { makeKey, names, sshKey } from "./support/things.ts";

const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnHKAyYB3mVBwGRfQO5FoMmnxU2ev9CQ0t9gBVCGXKw other";

describe("an SSH key", () => {
  test("is stored byte for byte, with the fingerprint that ssh-keygen shows", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator, "key", `${publicKey}\n`);
    expect(key.public_key).toBe(`${publicKey}\n`);
    expect(key.fingerprint).toBe("ad:72:ae:e2:e7:aa:9d:0f:0f:2c:ad:99:86:b0:a2:8a");
    expect((await emulator.read(sshKey, "GET", `/ssh_keys/${key.id}`)).ssh_key).toEqual(key);
  });

  test("is found by name, fingerprint and labels", async () => {
    const emulator = await startEmulator();
    const { fingerprint } = await makeKey(emulator, "one");
    await emulator.call("POST", "/ssh_keys", { name: "two", public_key: otherKey, labels: { a: "b" } });
    const list = (query: string) => emulator.read(names("ssh_keys"), "GET", `/ssh_keys?${query}`);
    expect(await list("name=two")).toEqual(["two"]);
    expect(await list(`fingerprint=${encodeURIComponent(fingerprint)}`)).toEqual(["one"]);
    expect(await list("label_selector=a%3Db")).toEqual(["two"]);
    expect(await list("sort=name:desc")).toEqual(["two", "one"]);
    expect(await emulator.errorOf("GET", "/ssh_keys?sort=colour")).toBe("422 invalid_input");
  });

  test("can be renamed and labelled, and deleted once", async () => {
    const emulator = await startEmulator();
    const { id } = await makeKey(emulator);
    const update = { name: "renamed", labels: { "example.com/my": "" } };
    expect((await emulator.read(sshKey, "PUT", `/ssh_keys/${id}`, update)).ssh_key).toMatchObject(update);
    expect((await emulator.call("DELETE", `/ssh_keys/${id}`)).status).toBe(204);
    expect(await emulator.errorOf("DELETE", `/ssh_keys/${id}`)).toBe("404 not_found");
  });

  test("is refused if its name or its fingerprint is known, or if it isn't a key", async () => {
    const emulator = await startEmulator();
    await makeKey(emulator, "one");
    const refusal = (body: object) => emulator.errorOf("POST", "/ssh_keys", body);
    expect(await refusal({ name: "one", public_key: otherKey })).toBe("409 uniqueness_error");
    expect(await refusal({ name: "two", public_key: publicKey })).toBe("409 uniqueness_error");
    expect(await refusal({ name: "two", public_key: "ssh-ed25519 nonsense" })).toBe("422 invalid_input");
    expect(await refusal({ name: "two" })).toBe("422 invalid_input");
    expect(await refusal({ name: "two", public_key: otherKey, labels: { "-": "" } })).toBe(
      "422 invalid_input",
    );
  });
});
