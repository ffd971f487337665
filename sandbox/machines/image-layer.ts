import { mkdir } from "node:fs/promises";
import { run } from "../command.ts";

/** Where the image is shown, where what is written there goes, and a folder that the kernel needs for that. */
interface Layer {
  root: string;
  written: string;
  overlayWork: string;
}

/** Shows the machines' image, with a separate layer for what is written. */
export async function mountImage(image: string, { root, written, overlayWork }: Layer): Promise<void> {
  await Promise.all([root, written, overlayWork].map((folder) => mkdir(folder, { recursive: true })));
  const layers = `lowerdir=${image}/,upperdir=${written},workdir=${overlayWork}`;
  // volatile: the layer isn't needed after a crash of the host, so nothing is flushed for it.
  await run(["mount", "-t", "overlay", "-o", `${layers},volatile`, "overlay", root]);
}
