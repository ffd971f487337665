/** The store of the private internet in which Pulumi's state can be. Its name is that of Hetzner's Object Storage in Nuremberg. */
export const stateHost = {
  name: "nbg1.your-objectstorage.com",
  address: "192.0.2.72",
  region: "nbg1",
} as const;

/** The only keys that it accepts. They occur nowhere else, so a search finds them where they have leaked. */
export const stateKeys = {
  accessKey: "SANDBOXSTATEACCESSKEY01",
  secretKey: "sandboxStateSecretKeyThatOnlyItsOwnerKnows01",
} as const;

/** The control file: as long as it exists, nothing listens at the store's address. */
export const stateDownFile = "state-store-down";
