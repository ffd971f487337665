import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { runPulumi } from "./pulumi-cli.ts";

const stackList = z.array(z.looseObject({ name: z.string() }));

/**
 * The names of all stacks of this project that the Pulumi CLI knows on this computer.
 *
 * @throws UserError
 */
export async function listStacks(): Promise<string[]> {
  const listed = await runPulumi(["stack", "ls", "--json"], undefined, "The stacks can't be listed.");
  const stacks = stackList.safeParse(parseJson(listed)).data;
  if (stacks === undefined) {
    throw new UserError(
      "The Pulumi CLI printed something other than a list of stacks. Is its version current?",
    );
  }
  return stacks.map(({ name }) => name);
}
