import { quoteForShell } from "../../checklist/shell.ts";
import { bootstrapScript } from "./server-sources.ts";

/** The shell command that runs a script of server/bootstrap/ as root, without installing it. */
export function bootstrapCommand(name: string, ...args: string[]): string {
  return rootCommand(bootstrapScript(`${name}.sh`), name, ...args);
}

/** The same for a script in Python. Nothing of the caller can put code into it (-I), and it leaves none behind (-B). */
export function pythonBootstrapCommand(name: string): string {
  return ["sudo", "python3", "-IB", "-c", bootstrapScript(`${name}.py`)].map(quoteForShell).join(" ");
}

/** The shell command that runs the text of a script as root, under this name and with these arguments. */
export function rootCommand(script: string, name: string, ...args: string[]): string {
  return ["sudo", "sh", "-c", script, name, ...args].map(quoteForShell).join(" ");
}
