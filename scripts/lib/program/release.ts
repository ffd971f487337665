/** A release is named by the first hex digits of the SHA-256 of its tar. */
export const releaseNameLength = 12;

/** Where the server's links to a release point: "releases/0123456789ab". */
export const releaseLink = new RegExp(`^releases/([0-9a-f]{${releaseNameLength}})$`);
