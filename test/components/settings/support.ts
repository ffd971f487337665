import { type Configuration, parseSettings } from "../../../components/settings/settings.ts";

export const project = "trading-bot-server";

/** A text of the form of a Hetzner token. */
export const token = "t".repeat(64);

export type Changes = Record<string, string | undefined>;

/**
 * Parses a sound configuration with changes.
 *
 * @param changes the program's own settings by their short names; undefined removes a setting
 * @param plaintext full names of the settings that aren't stored encrypted
 * @param endpointVariable the environment variable HCLOUD_ENDPOINT
 */
export function parseWith(
  changes: Changes = {},
  plaintext: string[] = [],
  endpointVariable?: string,
): ReturnType<typeof parseSettings> {
  const sound: Changes = { "hcloud:token": token, adminCidrs: "203.0.113.7/32" };
  const values: Configuration["values"] = {};
  for (const [name, value] of Object.entries({ ...sound, ...changes })) {
    if (value !== undefined) {
      values[name.includes(":") ? name : `${project}:${name}`] = value;
    }
  }
  const secretNames = Object.keys(values).filter((name) => ![...plaintext, `${project}:bot`].includes(name));
  return parseSettings({ project, values, secretNames, encryptedBotParts: [], endpointVariable });
}

/** The findings in a sentence each: "error: adminCidrs is missing". */
export function findingsWith(changes: Changes, plaintext?: string[]): string[] {
  return parseWith(changes, plaintext).findings.map(
    ({ severity, setting, problem }) => `${severity}: ${setting} ${problem}`,
  );
}
