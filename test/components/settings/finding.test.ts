import { expect, test } from "@jest/globals";
import { describe as describeFinding, describeAll } from "../../../components/settings/finding.ts";
import { parseWith } from "./support.ts";

test("a finding is shown with what is wrong, why, and the command that fixes it", () => {
  const [missing] = parseWith({ adminCidrs: undefined }).findings;
  expect(missing && describeFinding(missing)).toBe(`adminCidrs is missing.
   It lists who may connect to the server over SSH, and has no safe default. For your current address:
   $ pulumi config set adminCidrs "$(curl -4s ifconfig.me)/32"`);
});

test("one finding is shown as a problem", () => {
  const { findings } = parseWith({ adminCidrs: undefined });
  expect(describeAll(findings, "prod"))
    .toBe(`The settings of stack "prod" have a problem. Nothing was created or changed.

1. adminCidrs is missing.
   It lists who may connect to the server over SSH, and has no safe default. For your current address:
   $ pulumi config set adminCidrs "$(curl -4s ifconfig.me)/32"

Then run \`pulumi up\` again.`);
});

test("several findings are numbered", () => {
  const { findings } = parseWith({ rebootTime: "x", verification: "on" });
  expect(describeAll(findings, "dev"))
    .toBe(`The settings of stack "dev" have 2 problems. Nothing was created or changed.

1. rebootTime must be a time in UTC, such as 03:30, or never.
   It is set to "x".
   $ pulumi config set rebootTime 03:30

2. verification must be enforce, warn or off.
   It is set to "on". With enforce, only a key pair that passes the check is activated.
   $ pulumi config set verification enforce

Then run \`pulumi up\` again.`);
});
