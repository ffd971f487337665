/** Programs on the server that no person calls by hand. */
export const programFolder = "/usr/local/lib/trading-bot-server";

/** The tool that starts, restarts and stops the bot. */
export const botControl = "/usr/local/sbin/bot-control";

/** Our own systemd units. */
export const unitFolder = "/etc/systemd/system";
