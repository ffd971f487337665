import { shownTime } from "./trades.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const stateQuestion =
  "With which state should the bot run? copy: as it was then; the current state is kept for 30 days. current: nothing is lost, but the previous version may not be able to read it. Type copy or current: ";

export function copyText(release: string, made: Date, bytes: number | null, age: string): string {
  const size = bytes === null ? "" : `, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `The previous program is ${release}. The server has a copy of the state that it left: ${shownTime(made)}, ${age}${size}.`;
}

/** Such as "3 hours ago". */
export function ageText(then: Date, now: Date): string {
  const age = Math.max(0, now.getTime() - then.getTime());
  const [unit, name] = age < 2 * hour ? [minute, "minute"] : age < 2 * day ? [hour, "hour"] : [day, "day"];
  const count = Math.floor(age / unit);
  return `${count} ${name}${count === 1 ? "" : "s"} ago`;
}
