import { Readable } from "node:stream";
import { type Program, StartError, stream } from "../process/run.ts";

type Environment = Readonly<Partial<Record<string, string>>>;
type CommandLine = [program: Program, ...args: string[]];

/** The programs that write to the clipboard of this computer, the one for its screen first. */
export function clipboardPrograms(platform: NodeJS.Platform, environment: Environment): CommandLine[] {
  const has = (name: string): boolean => (environment[name] ?? "") !== "";
  return [
    ...(platform === "darwin" ? [["pbcopy"] satisfies CommandLine] : []),
    ...(has("WAYLAND_DISPLAY") ? [["wl-copy"] satisfies CommandLine] : []),
    ...(has("DISPLAY")
      ? ([
          ["xclip", "-selection", "clipboard"],
          ["xsel", "--clipboard", "--input"],
        ] satisfies CommandLine[])
      : []),
  ];
}

/**
 * Copies a text that isn't secret. Not by the terminal itself (OSC 52): over SSH, nobody knows whose clipboard that would
 * change, and some terminals print it instead.
 *
 * @returns whether it is in the clipboard
 */
export async function copyToClipboard(text: string): Promise<boolean> {
  for (const [program, ...args] of clipboardPrograms(process.platform, process.env)) {
    try {
      if ((await stream(program, args, { input: Readable.from([text]) })) === 0) {
        return true;
      }
    } catch (error) {
      if (!(error instanceof StartError)) {
        throw error;
      }
    }
  }
  return false;
}
