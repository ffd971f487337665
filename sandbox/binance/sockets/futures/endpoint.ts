/** What a WebSocket of futures is for. Documented: since April 2026 each kind of stream has its own path. */
export type Category = "public" | "market" | "private";

const categories: readonly Category[] = ["public", "market", "private"];

/** Market streams of futures. */
export interface FuturesStreams {
  category: Category;
  isCombined: boolean;
  /** The streams to start with. At "private", a name is a listen key. */
  names: string[];
  /** Only these events of the account; all if it is empty. */
  events: string[];
}

/**
 * Reads what a client connects to. Documented: /public, /market and /private, each with /ws/NAMES and /stream?streams=NAMES;
 * at /private, listen keys and events are also parameters.
 *
 * @returns undefined if nothing is there. Documented: the paths without a category have ended
 */
export function futuresStreamsAt(path: string, parameters: URLSearchParams): FuturesStreams | undefined {
  const [, first = "", kind = "", rest = ""] = /^\/(\w+)\/(ws|stream)(?:\/(.*))?$/.exec(path) ?? [];
  const category = categories.find((one) => one === first);
  if (category === undefined) {
    return undefined;
  }
  const texts = [rest, ...parameters.getAll("streams"), ...parameters.getAll("listenKey")];
  return {
    category,
    isCombined: kind === "stream",
    names: texts.flatMap(parts),
    events: parameters.getAll("events").flatMap(parts),
  };
}

function parts(text: string): string[] {
  return text.split("/").filter((part) => part !== "");
}
