import {
  aheadOfServer,
  greaterThan,
  illegalCharacters,
  missingParameter,
  outsideOfRecvWindow,
} from "./errors.ts";

const defaultWindow = 5000;
const maximumWindow = 60_000;

/** assumed: from this number on, a timestamp is in microseconds, which are also allowed. As milliseconds it is the year 5138. */
const firstMicroseconds = 100_000_000_000_000;

/** Documented under "Timing security". @throws ErrorAnswer if a request is too old or too new */
export function checkTiming(values: ReadonlyMap<string, string>, now: Date): void {
  const timestamp = timestampOf(values);
  const window = windowOf(values);
  if (timestamp >= now.getTime() + 1000) {
    throw aheadOfServer();
  }
  if (now.getTime() - timestamp > window) {
    throw outsideOfRecvWindow();
  }
}

function timestampOf(values: ReadonlyMap<string, string>): number {
  const text = values.get("timestamp") ?? "";
  if (text === "") {
    throw missingParameter("timestamp");
  }
  if (!/^[0-9]{1,20}$/.test(text)) {
    throw illegalCharacters("timestamp", "^[0-9]{1,20}$");
  }
  const number = Number(text);
  return number < firstMicroseconds ? number : number / 1000;
}

function windowOf(values: ReadonlyMap<string, string>): number {
  const text = values.get("recvWindow");
  if (text === undefined) {
    return defaultWindow;
  }
  // assumed: the text of the range. Documented: at most three decimals.
  const range = "^[0-9]{1,5}(\\.[0-9]{1,3})?$";
  if (!/^[0-9]+(\.[0-9]{1,3})?$/.test(text)) {
    throw illegalCharacters("recvWindow", range);
  }
  if (Number(text) > maximumWindow) {
    throw greaterThan("recvWindow", maximumWindow);
  }
  return Number(text);
}
