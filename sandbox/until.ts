import { setTimeout } from "node:timers/promises";

/** How often a condition is looked at that nothing announces. */
const interval = 10;

/** Waits until `find` returns something; gives up when `hopeless` returns a reason. */
export async function until<Found>(
  find: () => Found | undefined | Promise<Found | undefined>,
  hopeless: () => string | undefined = () => undefined,
): Promise<Found> {
  for (;;) {
    const found = await find();
    if (found !== undefined) {
      return found;
    }
    const reason = hopeless();
    if (reason !== undefined) {
      throw new Error(reason);
    }
    await setTimeout(interval);
  }
}
