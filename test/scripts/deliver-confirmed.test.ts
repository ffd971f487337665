import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { outputs } from "./stack.ts";
import { Desk, type Ended } from "./tools.ts";

const server = {
  host: outputs.ipToWhitelist,
  user: "admin",
  hostKey: "ssh-ed25519 AAAAhost",
  deployKey: outputs.deployKey,
};
const delivery = { files: [{ path: "/etc/nftables.conf", content: "table inet x {}\n" }], confirmWithin: 60 };

let desk: Desk;
const said = (name: string) => readFileSync(join(desk.folder, name), "utf8");

beforeAll(() => {
  desk = new Desk(outputs);
});

beforeEach(() => {
  for (const name of ["installed", "confirmed"]) {
    writeFileSync(join(desk.folder, name), "");
  }
});

afterAll(() => {
  desk.remove();
});

/** A server whose delivery tool answers so; `$1` is the verb. */
function answering(install: string, confirm: string): void {
  desk.onServer(
    "sudo",
    `case $2 in
install) cat >"$DESK/installed"; ${install} ;;
confirm) echo confirmed >"$DESK/confirmed"; ${confirm} ;;
esac`,
  );
}

function deliver(input: object = { server, delivery }): Promise<Ended> {
  return desk.run("deliver-confirmed.ts", [], { input: `${JSON.stringify(input)}\n` });
}

describe("files that could lock everybody out", () => {
  test("are confirmed over a connection of its own", async () => {
    answering("printf 'unconfirmed\\n/etc/nftables.conf\\n'", "true");
    expect(await deliver()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(JSON.parse(said("installed"))).toEqual(delivery);
    expect(said("confirmed")).toBe("confirmed\n");
    expect(desk.called.filter((line) => line.startsWith("ssh "))).toHaveLength(2);
    expect(desk.keyFiles).toEqual([]);
  });

  test("that are there already need no confirmation", async () => {
    answering("echo unchanged", "true");
    expect((await deliver()).code).toBe(0);
    expect(said("confirmed")).toBe("");
  });

  test("that were refused are told with the server's reason", async () => {
    answering("echo 'server-files: /etc/nftables.conf was refused' >&2; exit 1", "true");
    expect(await deliver()).toMatchObject({
      code: 2,
      stderr: "server-files: /etc/nftables.conf was refused\n",
    });
    expect(said("confirmed")).toBe("");
  });

  test.each([
    ["the new connection isn't let in", "echo 'Connection timed out' >&2; exit 255"],
    ["the confirmation came too late", "echo 'there is nothing to confirm' >&2; exit 1"],
  ])("are undone by the server when %s, which is said", async (_, confirm) => {
    answering("printf 'unconfirmed\\n/etc/nftables.conf\\n'", confirm);
    const { code, stderr } = await deliver();
    expect(code).toBe(2);
    expect(stderr).toContain("could not be confirmed over a new connection");
    expect(stderr).toContain("undone within 60 s by the server itself: /etc/nftables.conf");
    expect(desk.keyFiles).toEqual([]);
  });

  test("are not delivered by half an input, of which nothing is shown", async () => {
    const { code, stderr } = await deliver({ server: { ...server, deployKey: "canary-key" }, delivery });
    expect(code).toBe(2);
    expect(stderr).toContain("server.deployKey");
    expect(stderr).not.toContain("canary");
  });
});
