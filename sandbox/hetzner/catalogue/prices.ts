/** A price as the API writes it: decimal text, without and with VAT. */
export interface Price {
  net: string;
  gross: string;
}

const vat = 0.19;
export const vatRate = "19.00";

export function price(net: number): Price {
  return { net: net.toFixed(4), gross: (net * (1 + vat)).toFixed(4) };
}

/** Assumed: a month costs as much as this many hours, which is close to Hetzner's own ratio. */
const hoursInAMonth = 624;

/** The two prices of something that is billed by the hour up to a month's price. */
export function hourlyAndMonthly(net: number): { price_hourly: Price; price_monthly: Price } {
  return { price_hourly: price(net / hoursInAMonth), price_monthly: price(net) };
}
