import { rootfsFile } from "./server-sources.ts";
import { fillTemplate } from "./template.ts";

/** A file as it must be on the server. The tool server-files reads the same fields. */
export interface DeliveredFile {
  /** An absolute path. */
  path: string;
  /** Null removes the file. */
  content: string | null;
  /** The name of the systemd credential as which the content is encrypted before it is written. */
  credential?: string;
  /** In octal; "0644" by default. */
  mode?: string;
  /** A command that fails if the file is broken; then nothing is changed. "$1" is the file's path. */
  check?: string;
  /**
   * Commands that make a changed file take effect. Each runs once for a delivery, in the order of the files: units
   * come first, so that systemd knows them before anything is restarted.
   */
  activate?: string[];
}

export interface DeliveredFileOptions extends Omit<DeliveredFile, "path" | "content"> {
  /** The values of the file's `@name@` placeholders. */
  values?: Record<string, string>;
}

/** A file of server/rootfs/, to be delivered to the same path. */
export function deliveredFile(
  path: string,
  { values = {}, ...rest }: DeliveredFileOptions = {},
): DeliveredFile {
  return { path, content: fillTemplate(rootfsFile(path), values), ...rest };
}
