import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";

/** What a stack has by now. Everything is read from its settings, its state and its server, so a run can end anywhere. */
export interface Progress {
  /** The settings, ours by their short names. */
  values: Partial<Record<string, string>>;
  /** The key pair's fingerprint in the settings. */
  keyPair: string | undefined;
  /** What the last `pulumi up` has installed; undefined without a server. */
  installed: { keyPair: string | undefined; botMode: BotMode } | undefined;
  /** The bot's release on the server; undefined if there is none, or if nobody has looked yet. */
  release: string | undefined;
  /** The owner wants to choose the bot later. */
  isBotLater: boolean;
  /** The owner wants to enter another key pair than that of the settings. */
  wantsNewKey: boolean;
  /** `pulumi up` has run with these settings, and succeeded. */
  isUpToDate: boolean;
}

export type BotMode = "live" | "paper" | "none";

/** What `npm run setup` does next. */
export type Step = "token" | "admin-cidrs" | "bot" | "order" | "key" | "update" | "program" | "done";

/** The first thing that is missing. */
export function nextStep(progress: Progress): Step {
  const { values, keyPair, installed, release, isBotLater, wantsNewKey, isUpToDate } = progress;
  const wanted = wantedMode(values.bot);
  if (isMissing(values["hcloud:token"])) {
    return "token";
  }
  if (isMissing(values.adminCidrs)) {
    return "admin-cidrs";
  }
  if (wanted === "none" && !isBotLater) {
    return "bot";
  }
  if (installed === undefined) {
    return "order";
  }
  if (wantsNewKey || (keyPair === undefined && wanted !== "paper")) {
    return "key";
  }
  const isInstalled = (keyPair ?? "none") === (installed.keyPair ?? "none") && wanted === installed.botMode;
  if (!isInstalled && !isUpToDate) {
    return "update";
  }
  return wanted !== "none" && release === undefined ? "program" : "done";
}

function isMissing(value: string | undefined): boolean {
  return value === undefined || value === "";
}

const bot = z.looseObject({ mode: z.enum(["live", "paper"]).default("live") });

/** What the settings want. What is wrong with them, `pulumi up` reports. */
export function wantedMode(setting: string | undefined): BotMode {
  return isMissing(setting) ? "none" : bot.catch({ mode: "live" }).parse(parseJson(setting ?? "")).mode;
}
