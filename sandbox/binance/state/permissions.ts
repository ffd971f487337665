/** A box in API Management. */
export interface Box {
  /** What a person calls it here. */
  name: string;
  /** What apiRestrictions calls it. */
  field: string;
}

/** The boxes whose fields are documented, in the documentation's order. */
export const boxes: readonly Box[] = [
  { name: "reading", field: "enableReading" },
  { name: "trading", field: "enableSpotAndMarginTrading" },
  { name: "withdrawals", field: "enableWithdrawals" },
  { name: "internal-transfer", field: "enableInternalTransfer" },
  { name: "universal-transfer", field: "permitsUniversalTransfer" },
  { name: "margin-loan", field: "enableMargin" },
  { name: "futures", field: "enableFutures" },
  { name: "options", field: "enableVanillaOptions" },
  { name: "portfolio-margin", field: "enablePortfolioMarginTrading" },
  { name: "fix-trading", field: "enableFixApiTrade" },
];

/** Read-only FIX comes with plain reading, and has no box. */
export const fixReading = "enableFixReadOnly";

/**
 * @param name a box's name, or a field that nobody has documented yet: Binance adds boxes without saying so
 * @returns the field, where it can be one
 */
export function fieldOf(name: string): string | undefined {
  const box = boxes.find((one) => one.name === name || one.field === name);
  if (box) {
    return box.field;
  }
  return /^(enable|permits)[A-Z][A-Za-z]*$/.test(name) && name !== fixReading ? name : undefined;
}

/** A field's box, or the field where it has none. */
export function nameOf(field: string): string {
  return boxes.find((box) => box.field === field)?.name ?? field;
}
