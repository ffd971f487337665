import { expect, test } from "@jest/globals";
import { accessFrom } from "../../../../scripts/lib/backup/restic.ts";

const settings = {
  "backup:repository": "s3:https://s3.example.net/bucket/prod",
  "backup:accessKey": "of-the-server",
  "backup:secretKey": "secret-of-the-server",
  "backup:password": "correct horse battery staple",
};
const own = { AWS_ACCESS_KEY_ID: "own", AWS_SECRET_ACCESS_KEY: "own-secret" };

test("keys of the environment, which may delete, take precedence over those that the server has", () => {
  expect(accessFrom(settings, {})).toEqual({
    environment: {
      RESTIC_REPOSITORY: "s3:https://s3.example.net/bucket/prod",
      RESTIC_PASSWORD: "correct horse battery staple",
      AWS_ACCESS_KEY_ID: "of-the-server",
      AWS_SECRET_ACCESS_KEY: "secret-of-the-server",
    },
  });
  expect(accessFrom(settings, own).environment).toMatchObject(own);
  expect(accessFrom({ ...settings, "backup:secretKey": "" }, own).environment).toMatchObject(own);
});

test("a storage with sftp is reached with its own key, and only with its host key", () => {
  const sftp = {
    "backup:repository": "sftp://u1@u1.example.net:23/prod",
    "backup:privateKey": "the-private-key",
    "backup:hostKey": "ssh-ed25519 AAAA",
    "backup:password": "correct horse battery staple",
  };
  expect(accessFrom(sftp, own)).toEqual({
    environment: {
      RESTIC_REPOSITORY: "sftp://u1@u1.example.net:23/prod",
      RESTIC_PASSWORD: "correct horse battery staple",
    },
    sftp: {
      storage: expect.objectContaining({ host: "u1.example.net", port: 23, user: "u1" }),
      privateKey: "the-private-key\n",
      hostKey: "ssh-ed25519 AAAA",
    },
  });
  expect(() => accessFrom({ ...sftp, "backup:hostKey": "" }, {})).toThrow("not all of its settings");
});

test("half a pair of keys, or no storage, is reported without a secret", () => {
  expect(() => accessFrom(settings, { AWS_ACCESS_KEY_ID: "own" })).toThrow("only AWS_ACCESS_KEY_ID is set");
  expect(() => accessFrom({}, own)).toThrow("No storage for backups is set");
});
