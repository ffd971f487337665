/** How long a client may wait for an answer, in ms. Their own default is a second, which a busy computer needs at times. */
export const permittedTime = 600_000;
