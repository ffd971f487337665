/** A checkbox in API Management. */
export interface Box {
  /** Its name in the sandbox's commands. */
  name: string;
  /** Its name in apiRestrictions. */
  field: string;
}

/** The checkboxes with a documented field, in the documentation's order. */
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

/** Read-only FIX is part of reading, and has no checkbox. */
export const fixReading = "enableFixReadOnly";

/**
 * @param name a checkbox's name, or an undocumented field: Binance adds checkboxes without documenting them
 * @returns the field, if the name can be one
 */
export function fieldOf(name: string): string | undefined {
  const box = boxes.find((one) => one.name === name || one.field === name);
  if (box) {
    return box.field;
  }
  return /^(enable|permits)[A-Z][A-Za-z]*$/.test(name) && name !== fixReading ? name : undefined;
}

/** The name of a field's checkbox, or the field if it has none. */
export function nameOf(field: string): string {
  return boxes.find((box) => box.field === field)?.name ?? field;
}
