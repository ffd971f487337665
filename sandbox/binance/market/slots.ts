// Time on the market is divided into slots of 100 ms. Each slot has one trade, at its start.

/** When the market opened, and the first trade was made: the day on which Binance listed its oldest pairs. */
export const marketOpened = Date.UTC(2017, 7, 17, 4);

const slotLength = 100;

/** The slot that contains the time. */
export function slotAt(time: number): number {
  return Math.floor((time - marketOpened) / slotLength);
}

/** The first slot that begins at this time or later, and not before the market opened. */
export function slotFrom(time: number): number {
  return Math.max(0, Math.ceil((time - marketOpened) / slotLength));
}

export function startOf(slot: number): number {
  return marketOpened + slot * slotLength;
}
