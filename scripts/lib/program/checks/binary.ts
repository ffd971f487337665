import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DeployedBot } from "../../stack/deployed-bot.ts";
import { foreignSystem, readExecutable } from "./elf.ts";
import type { ProgramFinding } from "./finding.ts";

const remedies = {
  PyInstaller:
    "Build it with --onedir, and install that folder. Or let it run code from /tmp, with the setting below.",
  Nuitka:
    "Build it with --mode=standalone, and install that folder. Or let it run code from /tmp, with the setting below.",
  AppImage: "Unpack it with --appimage-extract, and install that folder.",
};

/** Whether the server can run the program that the command starts. */
export function checkBinary(
  program: string,
  bot: DeployedBot | undefined,
  machine: string,
): ProgramFinding[] {
  const prefix = "{program}/";
  const [path = ""] = bot?.command ?? [];
  const name = path.slice(prefix.length);
  const file = join(program, name);
  if (!path.startsWith(prefix) || !existsSync(file) || !statSync(file).isFile()) {
    return [];
  }
  const content = readFileSync(file);
  const system = foreignSystem(content);
  if (system !== undefined) {
    return [
      {
        severity: "error",
        message: `${name} is built for ${system}, and the server has Linux (${machine}).`,
        remedy: "Build it for Linux and the server's processor.",
      },
    ];
  }
  const found = readExecutable(content);
  if (found === undefined) {
    return [];
  }
  return [
    ...(found.machine === undefined || found.machine === machine
      ? []
      : [
          {
            severity: "error" as const,
            message: `${name} is built for the processor type ${found.machine}, and the server has ${machine}.`,
            remedy: "Build it for the server's processor.",
          },
        ]),
    ...(found.unpacksItself === undefined ||
    (found.unpacksItself !== "AppImage" && bot?.executableTmp === true)
      ? []
      : [
          {
            severity: "error" as const,
            message: `${name} is a single file made by ${found.unpacksItself}: it unpacks itself when it starts, and the bot can't run code that it has written.`,
            remedy: remedies[found.unpacksItself],
            ...(found.unpacksItself !== "AppImage" && { settings: { executableTmp: true as const } }),
          },
        ]),
  ];
}
