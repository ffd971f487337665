/** Words in the name of a permission with which money could leave the account. */
const words = ["withdraw", "transfer", "universal", "payout", "send", "remit"] as const;

/** Whether a permission's name speaks of withdrawing or transferring, however it is spelled. */
export function movesMoney(name: string): boolean {
  const letters = name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");
  return words.some((word) => letters.includes(word));
}
