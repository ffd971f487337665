import { Writable } from "node:stream";
import { UserError } from "../command/user-error.ts";
import { stream } from "../process/run.ts";

/**
 * Runs a command that prints a secret, such as a password manager's: in a shell, and with this terminal, in which it may
 * ask to be unlocked. What it prints is shown nowhere.
 *
 * @param option the option that has named it
 * @returns what it printed, without the last line end
 * @throws UserError if it fails, or prints nothing
 */
export async function secretFrom(command: string, option: string): Promise<string> {
  const chunks: Buffer[] = [];
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const code = await stream("sh", ["-c", command], { input: "inherit", output });
  if (code !== 0) {
    throw new UserError(`The command of ${option} ended with exit code ${code}. Nothing was changed.`);
  }
  const secret = Buffer.concat(chunks)
    .toString()
    .replace(/\r?\n$/, "");
  if (secret.trim() === "") {
    throw new UserError(`The command of ${option} printed nothing. Nothing was changed.`);
  }
  return secret;
}
