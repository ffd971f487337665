/** "90 s", "12 minutes", "5 hours": rounded up, because it is a time to wait. */
export function duration(seconds: number): string {
  if (seconds <= 120) {
    return `${seconds} s`;
  }
  if (seconds <= 7200) {
    return `${Math.ceil(seconds / 60)} minutes`;
  }
  return `${Math.ceil(seconds / 3600)} hours`;
}
