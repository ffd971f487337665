/** A stack as `pulumi stack output --json --show-secrets` prints it. */
export const outputs = {
  ipToWhitelist: "203.0.113.10",
  deployKey:
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktcanaryDeployKey0123456789\n-----END OPENSSH PRIVATE KEY-----\n",
  hostKey: "ssh-ed25519 AAAAhost",
};
