/** What is known about a program's file from its content. */
export interface Executable {
  /** As `uname --machine` prints it, or undefined for one that isn't known. */
  machine: string | undefined;
  /** What unpacks itself into a folder for temporary files when it starts, and loads code from there. */
  unpacksItself: "PyInstaller" | "Nuitka" | "AppImage" | undefined;
}

/** By e_machine (ELF). */
const machines: Partial<Record<number, string>> = { 0x3e: "x86_64", 0xb7: "aarch64" };

/** The system that a program is built for, if it isn't Linux, by how its file starts. */
export function foreignSystem(content: Buffer): "macOS" | "Windows" | undefined {
  if (content.toString("latin1", 0, 2) === "MZ") {
    return "Windows";
  }
  const isMachO = ["cffaedfe", "cefaedfe", "cafebabe"].includes(content.toString("hex", 0, 4));
  return isMachO ? "macOS" : undefined;
}

/** @returns undefined for anything but a 64-bit ELF file */
export function readExecutable(content: Buffer): Executable | undefined {
  if (content.length < 64 || content.readUInt32BE(0) !== 0x7f454c46 || content[4] !== 2) {
    return undefined;
  }
  return { machine: machines[content.readUInt16LE(18)], unpacksItself: kindOf(content) };
}

function kindOf(content: Buffer): Executable["unpacksItself"] {
  if (content.toString("latin1", 8, 10) === "AI") {
    return "AppImage";
  }
  if (content.includes("NUITKA_ONEFILE_PARENT")) {
    return "Nuitka";
  }
  return isPyInstallerOneFile(content) ? "PyInstaller" : undefined;
}

/** PyInstaller's archive ends with this, followed by four numbers and the name of Python's library. */
const cookie = Buffer.from("MEI\x0c\x0b\x0a\x0b\x0e", "latin1");
const cookieLength = 88;
/** An entry of its table of contents: six numbers, and a name of variable length. */
const entryHeader = 18;

/**
 * Whether the file contains libraries, which it unpacks when it starts. One that was built as a folder has an archive as
 * well, but only with Python code.
 */
function isPyInstallerOneFile(content: Buffer): boolean {
  const at = content.lastIndexOf(cookie);
  if (at < 0 || at + cookieLength > content.length) {
    return false;
  }
  const start = at + cookieLength - content.readUInt32BE(at + 8) + content.readUInt32BE(at + 12);
  const end = start + content.readUInt32BE(at + 16);
  for (let entry = start; entry >= 0 && entry + entryHeader <= Math.min(end, content.length);) {
    if (content.toString("latin1", entry + 17, entry + 18) === "b") {
      return true;
    }
    const length = content.readUInt32BE(entry);
    if (length < entryHeader) {
      return false;
    }
    entry += length;
  }
  return false;
}
