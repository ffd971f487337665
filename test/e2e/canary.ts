import { randomBytes } from "node:crypto";
import { readdir, readFile, readlink } from "node:fs/promises";
import type { KeyPair } from "../../binance/key-pair.ts";
import { attempt } from "../../sandbox/command.ts";

/** A pair that exists nowhere else: if it is found somewhere, it has leaked. */
export function canaryPair(): KeyPair {
  const value = () => `canary${randomBytes(29).toString("hex")}`;
  return { apiKey: value(), apiSecret: value() };
}

/** Every form that a leaked value could have: as it is, and as base64 in its three alignments. */
export function formsOf({ apiKey, apiSecret }: KeyPair): string[] {
  return [apiKey, apiSecret].flatMap((value) => [value, ...base64Forms(value)]);
}

/** What a value's bytes look like inside a longer base64 text, for any text before them. */
export function base64Forms(value: string): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from("\0".repeat(shift) + value).toString("base64");
    // The first group mixes with the text before, the last with the text after.
    return encoded.slice(4, -4);
  });
}

/** The files in these folders that contain one of the forms; files of every kind are searched. */
export async function filesWith(forms: string[], folders: string[]): Promise<string[]> {
  const options = ["--recursive", "--files-with-matches", "--binary-files=text", "--devices=skip"];
  const patterns = forms.map((form) => `--regexp=${form}`);
  const { code, stdout, stderr } = await attempt([
    "grep",
    "--fixed-strings",
    ...options,
    ...patterns,
    "--",
    ...folders,
  ]);
  // 1: nothing was found. 2: a file could not be read, which would make the search worthless.
  if (code > 1) {
    throw new Error(`the search failed: ${stderr}`);
  }
  return stdout.split("\n").filter(Boolean);
}

/**
 * Runs `act`, and meanwhile reads, again and again, the command line of every process, including those on the
 * machines, and the environment of those on the machines. (The operator's own Pulumi passes settings to the program
 * in its environment.)
 *
 * @returns the texts that contained one of the forms, and how often the processes were read
 */
export async function watchingProcesses<T>(
  forms: string[],
  act: () => Promise<T>,
): Promise<{ result: T; shown: string[]; looks: number }> {
  const own = await readlink("/proc/self/ns/pid");
  const shown = new Set<string>();
  const end = new AbortController();
  let looks = 0;
  const watch = async () => {
    while (!end.signal.aborted) {
      for (const text of await processTexts(own)) {
        if (forms.some((form) => text.includes(form))) {
          shown.add(text);
        }
      }
      looks++;
    }
  };
  const watching = watch();
  try {
    return { result: await act(), shown: [...shown], looks };
  } finally {
    end.abort();
    await watching;
  }
}

/** @param own the PID namespace that isn't a machine's */
async function processTexts(own: string): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const texts = ids.map(async (id) => {
    const onMachine = (await readlink(`/proc/${id}/ns/pid`).catch(() => own)) !== own;
    const files = onMachine ? ["cmdline", "environ"] : ["cmdline"];
    return Promise.all(files.map((file) => readFile(`/proc/${id}/${file}`, "utf8").catch(() => "")));
  });
  return (await Promise.all(texts)).flat();
}
