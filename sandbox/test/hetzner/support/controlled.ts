import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "@jest/globals";
import { HetznerControl } from "../../../hetzner/control.ts";
import type { HetznerOptions } from "../../../hetzner/hetzner.ts";
import { type Emulator, startEmulator } from "./emulator.ts";

const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** Starts an emulator with its control API. Both stop with the test. */
export async function startControlled(
  options: Partial<HetznerOptions> = {},
): Promise<{ emulator: Emulator; control: HetznerControl }> {
  const folder = await mkdtemp(join(tmpdir(), "hetzner-"));
  folders.push(folder);
  const emulator = await startEmulator(options);
  await emulator.control.listen({ path: join(folder, "sock") });
  return { emulator, control: new HetznerControl(join(folder, "sock")) };
}
