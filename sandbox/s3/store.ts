/** The S3 store of the private internet. Its name is that of Hetzner's Object Storage in Falkenstein. */
export const s3Host = { name: "fsn1.your-objectstorage.com", address: "192.0.2.70" } as const;

/** The only keys that it accepts. They occur nowhere else, so a search finds them where they have leaked. */
export const s3Keys = {
  accessKey: "SANDBOXS3ACCESSKEY01",
  secretKey: "sandboxS3secretKeyThatOnlyItsOwnerKnows01",
} as const;

/** The control file: as long as it exists, nothing listens at the store's address. */
export const downFile = "s3-down";
