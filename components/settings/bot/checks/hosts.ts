import { hostsOtherPeople, readHost } from "../../../../checklist/hosts/read-host.ts";
import type { SettingFinding } from "../../finding.ts";
import { botError, botWarning, removePart, setPart } from "../finding.ts";

/** Checks the other hosts that the bot may reach. */
export function checkHosts(hosts: readonly string[]): SettingFinding[] {
  return hosts.flatMap((text) => {
    const host = readHost(text);
    const entry = `contains ${JSON.stringify(text)}`;
    if ("problem" in host) {
      return [
        botError("hosts", `${entry}, which ${host.problem}`, host.explanation, setPart("hosts", "HOST,HOST")),
      ];
    }
    if (host.wildcard && hostsOtherPeople(host.name)) {
      return [
        botWarning(
          "hosts",
          `${entry}, below which anybody can have a site`,
          "A bot that was tampered with could send your data to a site of its author. List the exact names instead.",
          removePart("hosts"),
        ),
      ];
    }
    return [];
  });
}
