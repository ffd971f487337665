/** Programs on the server that no person calls by hand. */
export const programFolder = "/usr/local/lib/trading-bot-server";

/** The tool that starts, restarts and stops the bot. */
export const botControl = "/usr/local/sbin/bot-control";

/** Our own systemd units. */
export const unitFolder = "/etc/systemd/system";

/** Our settings of sshd: cloud-init writes them before the first boot, and later deliveries keep them up to date. */
export const sshdDropIn = "/etc/ssh/sshd_config.d/10-trading-bot-server.conf";
