import type { SettingFinding } from "../finding.ts";
import { closest } from "../unknown-settings.ts";
import { botError } from "./finding.ts";
import type { BotSettings } from "./settings.ts";

const places = ["program", "state", "keyFile", "credential"];

/** Checks the names in braces: {program} and its like, in the command, the working directory and the environment. */
export function examinePlaces(bot: BotSettings): SettingFinding[] {
  const parts: [string, string[]][] = [
    ["command", bot.command],
    ["workingDirectory", [bot.workingDirectory]],
    ...Object.entries(bot.environment).map(([name, value]): [string, string[]] => [
      `environment.${name}`,
      [value],
    ]),
  ];
  return parts.flatMap(([part, texts]) => {
    const names = texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name));
    return [...new Set(names)].flatMap((name) => examinePlace(part, name, bot));
  });
}

function examinePlace(part: string, name: string, { key, environment }: BotSettings): SettingFinding[] {
  const shown = `holds {${name}}`;
  const value = environment[part.replace("environment.", "")] === undefined ? `"… {program} …"` : "VALUE";
  if (name === "apiKey" || name === "apiSecret") {
    return [
      botError(
        part,
        `${shown}, where the key pair would be seen by others`,
        "The pair comes to the bot by bot.key: in two variables, a file of its own, or the path of the credential.",
        value,
      ),
    ];
  }
  if (name === "keyFile" && key.kind !== "file") {
    return [botError(part, `${shown}, but there is no key file`, "bot.key.file makes one.", value)];
  }
  if (name === "credential" && key.kind === "none") {
    return [
      botError(part, `${shown}, but this bot gets no key`, "bot.key.path gives it the credential.", value),
    ];
  }
  const nearest = places.includes(name) ? undefined : closest(name, places);
  if (nearest === undefined) {
    return [];
  }
  return [
    botError(
      part,
      `${shown}, which is no place`,
      `The nearest known place is {${nearest}}. The places are ${places.map((place) => `{${place}}`).join(", ")}.`,
      value,
    ),
  ];
}
