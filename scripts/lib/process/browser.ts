import { capture, StartError } from "./run.ts";

/** Opens an address in the browser. If that fails, nothing is lost: the address is on the screen. */
export async function openInBrowser(address: string): Promise<void> {
  try {
    await capture(process.platform === "darwin" ? "open" : "xdg-open", [address]);
  } catch (error) {
    if (!(error instanceof StartError)) {
      throw error;
    }
    process.stderr.write(`${error.message} Or open the address yourself.\n`);
  }
}
