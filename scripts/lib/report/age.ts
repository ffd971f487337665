const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Such as "3 hours ago". */
export function ageText(then: Date, now: Date): string {
  return `${spanText(now.getTime() - then.getTime())} ago`;
}

/** Such as "3 hours", rounded down. @param span in ms */
export function spanText(span: number): string {
  const age = Math.max(0, span);
  const [unit, name] = age < 2 * hour ? [minute, "minute"] : age < 2 * day ? [hour, "hour"] : [day, "day"];
  const count = Math.floor(age / unit);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
