import { attempt, type CommandLine, type CommandOptions, type Outcome } from "../command.ts";
import type { Site } from "./sites.ts";

/** The command line that runs a command in a network namespace, without other changes. */
export function within(namespace: string, command: CommandLine): CommandLine {
  // `ip netns exec` would also make a mount namespace, and so hide the machines' disks from other processes.
  return ["nsenter", `--net=/run/netns/${namespace}`, "--", ...command];
}

/** Runs a command as a person at that site would. */
export function at(site: Site, command: CommandLine, options: CommandOptions = {}): Promise<Outcome> {
  return attempt(within(site, command), options);
}
