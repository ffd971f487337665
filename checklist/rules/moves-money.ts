/** Words in the name of a permission with which money could leave the account. */
const words = [
  "withdraw",
  "transfer",
  "universal",
  "pay",
  "send",
  "remit",
  "cash",
  "fiat",
  "gift",
  "redeem",
  "move",
  "fund",
] as const;

/** Whether a permission's name speaks of moving money out of the account, however it is spelled. */
export function movesMoney(name: string): boolean {
  const letters = name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");
  return words.some((word) => letters.includes(word));
}
