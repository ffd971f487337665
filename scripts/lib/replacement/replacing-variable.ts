/** Set for a `pulumi up` that replaces the server, so that what it shows of the order is right before the old one is deleted. */
export const replacing = "TRADING_BOT_REPLACING";
