// The intervals of klines, and where each begins.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** 1970 began on a Thursday, and Binance's weeks begin on Monday. */
const firstMonday = 4 * day;

const lengths = {
  "1s": 1000,
  "1m": minute,
  "3m": 3 * minute,
  "5m": 5 * minute,
  "15m": 15 * minute,
  "30m": 30 * minute,
  "1h": hour,
  "2h": 2 * hour,
  "4h": 4 * hour,
  "6h": 6 * hour,
  "8h": 8 * hour,
  "12h": 12 * hour,
  "1d": day,
  "3d": 3 * day,
  "1w": 7 * day,
};

export type Interval = keyof typeof lengths | "1M";

/** As documented, from short to long. */
export const intervals: readonly Interval[] = [
  ...["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h"].filter(isFixed),
  ...["4h", "6h", "8h", "12h", "1d", "3d", "1w"].filter(isFixed),
  "1M",
];

export function isInterval(text: string): text is Interval {
  return text === "1M" || isFixed(text);
}

function isFixed(text: string): text is keyof typeof lengths {
  return Object.hasOwn(lengths, text);
}

/** @param offset how far the time zone is ahead of UTC, in milliseconds */
export function beginOf(interval: Interval, time: number, offset = 0): number {
  const local = time + offset;
  if (interval === "1M") {
    return startOfMonth(local, 0) - offset;
  }
  const length = lengths[interval];
  const anchor = interval === "1w" ? firstMonday : 0;
  return Math.floor((local - anchor) / length) * length + anchor - offset;
}

/** When the interval that begins at this time ends: the begin of the next one. */
export function endOf(interval: Interval, begin: number, offset = 0): number {
  return interval === "1M" ? startOfMonth(begin + offset, 1) - offset : begin + lengths[interval];
}

function startOfMonth(time: number, later: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
}
