import { setTimeout } from "node:timers/promises";

/** How often a condition is checked that nothing announces, in milliseconds. */
const interval = 10;

/**
 * Waits until `find` returns something other than `false` and `undefined`, and returns that.
 *
 * @param hopeless ends the waiting as soon as it returns a reason, which becomes the error's message
 */
export async function until<Found>(
  find: () => Found | Promise<Found>,
  hopeless: () => string | undefined = () => undefined,
): Promise<Exclude<Found, false | undefined>> {
  for (;;) {
    const found = await find();
    if (isFound(found)) {
      return found;
    }
    const reason = hopeless();
    if (reason !== undefined) {
      throw new Error(reason);
    }
    await setTimeout(interval);
  }
}

function isFound<Found>(found: Found): found is Exclude<Found, false | undefined> {
  return found !== undefined && found !== false;
}
