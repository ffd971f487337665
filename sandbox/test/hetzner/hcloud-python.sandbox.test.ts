import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { exitCode } from "../../command.ts";
import { pythonOfThisRun } from "../binance/judges/python.ts";
import { publicKey, startEmulator, token } from "./support/emulator.ts";

// Hetzner's own Python client against the emulator: whether it accepts the answers. provider.sandbox.test.ts does the same
// with the Go client.

test("hcloud-python uses volumes, images, the rescue system, networks and placement groups", async () => {
  const emulator = await startEmulator();
  const script = join(import.meta.dirname, "python/with_hcloud.py");
  const child = spawn(pythonOfThisRun(), ["-B", script]);
  child.stdin.end(JSON.stringify({ endpoint: emulator.url, token, publicKey }));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    volumes: {
      attaches: true,
      device: true,
      grows: true,
      refuses: ["protected", "service_error", "invalid_input", "volume_already_attached"],
      "lists its actions": [
        "create_volume",
        "attach_volume",
        "resize_volume",
        "change_protection",
        "change_protection",
        "detach_volume",
      ],
      deletes: true,
    },
    images: {
      "rebuilds from a snapshot": true,
      "makes a backup a snapshot": true,
      refuses: "protected",
      deletes: true,
      "keeps system images": true,
    },
    rescue: { "gives a password": true, "is for the next boot": true, "is switched off": true },
    networks: {
      "gives an address": ["10.0.0.2", ["10.0.0.9"]],
      refuses: "server_already_attached",
      "has the server": true,
      grows: true,
      deletes: true,
    },
    "placement groups": { "is ordered": true, "has the server": true },
  });
  expect(emulator.dataCentre.machines.size).toBe(0);
  expect(emulator.violations).toEqual([]);
  expect(emulator.reported).toEqual([]);
});
