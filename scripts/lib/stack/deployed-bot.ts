import * as z from "zod";

/** The bot as the last `pulumi up` has installed it, with its preset applied: an output of the stack. */
export const deployedBot = z.object({
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  profile: z.enum(["strict", "jit"]),
  executableTmp: z.boolean(),
  /** Debian packages. */
  packages: z.array(z.string()),
  /** As in the setting bot.hosts. */
  hosts: z.array(z.string()),
});

export type DeployedBot = z.output<typeof deployedBot>;
