import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";

// With `--target`, Pulumi leaves out what isn't named. What is left out before it was ever made has no outputs: they are
// undefined in an update, although their types say otherwise, and unknown in a preview.

/** @param what for people: "The server" */
export function leftOut(what: string): pulumi.RunError {
  return new pulumi.RunError(
    `${what} doesn't exist yet, and --target leaves it out. The rest of the stack needs it, so run this without --target first: pulumi up`,
  );
}

/** @throws RunError that says what to do, if the value is of what is left out */
export function requireMade<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw leftOut(what);
  }
  return value;
}

/** The SDK's types hide it: of an output that isn't known, `apply` never calls anything. */
const outputs = z.object({ isKnown: z.instanceof(Promise<boolean>) });

/** An output's value, once it is there; undefined if it is of what is left out, or not known in this preview. */
export async function valueIfMade<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  const isKnown = await outputs.parse(output).isKnown;
  return isKnown ? new Promise((resolve) => void output.apply(resolve)) : undefined;
}
