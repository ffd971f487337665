import { bootstrapScript } from "./server-sources.ts";

/** The shell command that runs a script of server/bootstrap/ as root, without installing it. */
export function bootstrapCommand(name: string, ...args: string[]): string {
  return rootCommand(bootstrapScript(name), name, ...args);
}

/** The shell command that runs the text of a script as root, under this name and with these arguments. */
export function rootCommand(script: string, name: string, ...args: string[]): string {
  return ["sudo", "sh", "-c", script, name, ...args].map(quote).join(" ");
}

/** Quotes an argument for a POSIX shell. */
export function quote(arg: string): string {
  return /^[\w./:=@-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}
