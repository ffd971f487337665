import { get } from "node:https";
import * as z from "zod";
import { listSetting } from "../../../checklist/list-setting.ts";
import { rangeProblem } from "../../../checklist/ssh-range.ts";
import { detailOf, UsageError } from "../command/user-error.ts";

/** Who is asked from which address this computer is seen, unless --address-service names another one. */
export const usualService = "https://ifconfig.me/ip";

/** In ms. */
const limit = 10_000;
/** In characters: an address is shorter. */
const longest = 100;

/** What a service has answered, or why it has not. */
export type OwnAddress = { ok: true; address: string } | { ok: false; reason: string };

/**
 * Asks a service for this computer's public IPv4 address. Never used before a person has confirmed it.
 *
 * @throws UsageError if it isn't an https address: a stranger on the way could answer, and would be let in
 */
export async function askOwnAddress(service: string): Promise<OwnAddress> {
  const url = URL.parse(service);
  if (url?.protocol !== "https:") {
    throw new UsageError("--address-service must be an https address.");
  }
  try {
    const answer = z.ipv4().safeParse((await read(url)).trim());
    return answer.success
      ? { ok: true, address: answer.data }
      : { ok: false, reason: `${url.hostname} answered something other than an IPv4 address.` };
  } catch (error) {
    return { ok: false, reason: `${url.hostname} doesn't answer: ${reasonOf(error)}.` };
  }
}

const systemError = z.looseObject({ code: z.string() });

/** The code of an error of the system: the text of some has several lines. */
function reasonOf(error: unknown): string {
  return systemError.safeParse(error).data?.code ?? detailOf(error);
}

function read(url: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    // The server has only an IPv4 address, so it is reached from this computer's.
    const request = get(url, { family: 4, signal: AbortSignal.timeout(limit) }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text = (text + chunk).slice(0, longest);
      });
      response.on("end", () => {
        if (response.statusCode === 200) {
          resolve(text);
        } else {
          reject(new Error(`HTTP ${response.statusCode ?? "without a status"}`));
        }
      });
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}

/** What is wrong with an answer; undefined if nothing is. */
export function problemOfRanges(answer: string): string | undefined {
  const ranges = rangesIn(answer);
  const wrong = ranges.flatMap((range) => {
    const found = rangeProblem(range);
    return found === undefined ? [] : [`${range} ${found.problem}. ${found.explanation}`];
  });
  return ranges.length === 0 ? "Enter at least one range, such as 203.0.113.7/32." : wrong[0];
}

/** The ranges of the setting adminCidrs. */
export function rangesIn(setting: string): string[] {
  return listSetting.catch([]).parse(setting);
}
