/** Shown before something that could end the bot's state. */
export const backupHint =
  "To keep an encrypted copy of the bot's state on this computer first: npm run backup -- FILE";
