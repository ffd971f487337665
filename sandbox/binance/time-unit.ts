// Documented: all times in answers and events are in microseconds, if the client wants that.

/** The unit of all times in answers and events. */
export type TimeUnit = "MILLISECOND" | "MICROSECOND";

/** Documented: in capitals or in small letters. @returns undefined for anything else */
export function timeUnitIn(text: string): TimeUnit | undefined {
  const unit = text.toUpperCase();
  return unit === "MILLISECOND" || unit === "MICROSECOND" ? unit : undefined;
}

/** The fields of answers that are times. */
const answerFields = new Set([
  ...["time", "serverTime", "openTime", "closeTime", "createTime", "updateTime", "transactTime"],
  ...["transactionTime", "workingTime", "trailingTime", "authorizedSince", "connectedSince", "T"],
]);

/** The fields of events that are times. Other events have a field "E", and no other time. */
const eventFields: Readonly<Record<string, ReadonlySet<string>>> = {
  trade: new Set(["E", "T"]),
  aggTrade: new Set(["E", "T"]),
  avgPrice: new Set(["E", "T"]),
  kline: new Set(["E", "t", "T"]),
  executionReport: new Set(["E", "T", "O", "W", "D"]),
  outboundAccountPosition: new Set(["E", "u"]),
  balanceUpdate: new Set(["E", "T"]),
  listStatus: new Set(["E", "T"]),
  "24hrTicker": new Set(["E", "O", "C"]),
  "1hTicker": new Set(["E", "O", "C"]),
  "4hTicker": new Set(["E", "O", "C"]),
  "1dTicker": new Set(["E", "O", "C"]),
};
const timeOfEvent = new Set(["E"]);

/** The numbers of a kline that are times: when it opens and closes. */
const klineLength = 12;
const klineTimes = [0, 6];

/** An answer with its times in that unit. */
export function answerIn(unit: TimeUnit, answer: object): object {
  return unit === "MILLISECOND" ? answer : converted(answer, answerFields);
}

/** An event, or an array of events, with its times in that unit. */
export function eventIn(unit: TimeUnit, event: object): object {
  if (unit === "MILLISECOND") {
    return event;
  }
  return Array.isArray(event)
    ? event.map((one: object) => eventIn(unit, one))
    : converted(event, "e" in event ? (eventFields[String(event.e)] ?? timeOfEvent) : new Set());
}

function converted(value: object, fields: ReadonlySet<string>): object {
  if (Array.isArray(value)) {
    const isKline = value.length === klineLength && !value.some((part) => typeof part === "object");
    return value.map((part: unknown, index) =>
      isKline && klineTimes.includes(index) ? microseconds(part) : inside(part, fields),
    );
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, part]: [string, unknown]) => [
      name,
      fields.has(name) ? microseconds(part) : inside(part, fields),
    ]),
  );
}

function inside(part: unknown, fields: ReadonlySet<string>): unknown {
  return typeof part === "object" && part !== null ? converted(part, fields) : part;
}

/** -1 and 0 stand for "never". */
function microseconds(time: unknown): unknown {
  return typeof time === "number" && time > 0 ? time * 1000 : time;
}
