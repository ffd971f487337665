import { shownTime } from "./trades.ts";

export const stateQuestion =
  "With which state should the bot run? copy: as it was then; the current state is kept for 30 days. current: nothing is lost, but the previous version may not be able to read it. Type copy or current: ";

export function copyText(release: string, made: Date, bytes: number | null, age: string): string {
  const size = bytes === null ? "" : `, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `The previous program is ${release}. The server has a copy of the state that it left: ${shownTime(made)}, ${age}${size}.`;
}
