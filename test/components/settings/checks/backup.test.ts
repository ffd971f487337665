import { expect, test } from "@jest/globals";
import { findingsWith, parseWith } from "../support.ts";

const values = {
  "backup:repository": "s3:https://s3.example.net/bucket",
  "backup:accessKey": "access",
  "backup:secretKey": "secret",
  "backup:password": "a-long-random-password",
};

test("backups off the server need all four settings", () => {
  const { settings, findings } = parseWith(values);
  expect(findings).toEqual([]);
  expect(settings?.backup).toMatchObject({ accessKey: "access", storage: { host: "s3.example.net" } });
  expect(parseWith({}).settings?.backup).toBeUndefined();
});

test.each([
  [{ ...values, "backup:repository": "s3:http://s3.example.net/b" }, "backup:repository doesn't begin with"],
  [{ "backup:password": "a-long-random-password" }, "backup:repository is missing"],
  [{ "backup:repository": values["backup:repository"] }, "backup:accessKey is missing"],
  [{ ...values, "backup:secretKey": "sec ret" }, "backup:secretKey has white space"],
  [{ ...values, "backup:password": "short" }, "backup:password has fewer than 20 characters"],
  [{ ...values, backupTime: "25:00" }, "backupTime must be a time in UTC"],
])("%j is refused, and no secret is shown", (given, expected) => {
  const findings = findingsWith(given);
  expect(findings).toContainEqual(expect.stringContaining(expected));
  expect(findings.join("\n")).not.toMatch(/sec ret|short\b|long-random/);
});
