/** A price for people: "19.99 €", or "19.99 USD". */
export function money(amount: number, currency: string): string {
  return `${amount.toFixed(2)} ${currency === "EUR" ? "€" : currency}`;
}

/** A date for people, in UTC: "2026-11-26". */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
