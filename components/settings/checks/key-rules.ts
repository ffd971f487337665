import { redact } from "../../../binance/text.ts";
import { permissionName } from "../../../checklist/key-rules.ts";
import { movesMoney } from "../../../checklist/rules/moves-money.ts";
import { isAcceptable } from "../../../checklist/rules/permissions.ts";
import type { VerificationMode } from "../../../checklist/verification-settings.ts";
import type { SettingFinding } from "../finding.ts";

/** Checks what the owner accepts. */
export function checkAcceptedPermissions(names: readonly string[]): SettingFinding[] {
  const command = (left: readonly string[]) =>
    left.length === 0
      ? "pulumi config rm acceptedPermissions"
      : `pulumi config set acceptedPermissions ${left.join(",")}`;
  return names.flatMap((name): SettingFinding[] => {
    const withoutIt = command(names.filter((other) => other !== name && isAcceptable(other)));
    if (!permissionName.test(name)) {
      return [
        {
          severity: "error",
          setting: "acceptedPermissions",
          problem: `contains ${JSON.stringify(redact(name))}, which is not the name of a permission`,
          explanation: "A message of `pulumi up`, the guard or `npm run verify` has the name. Without it:",
          command: withoutIt,
        },
      ];
    }
    if (!isAcceptable(name)) {
      return [
        {
          severity: "error",
          setting: "acceptedPermissions",
          problem: `contains ${name}, which can't be accepted`,
          explanation: "A key that may withdraw, or about which that isn't known, is never accepted.",
          command: withoutIt,
        },
      ];
    }
    return movesMoney(name)
      ? [
          {
            severity: "warning",
            setting: "acceptedPermissions",
            problem: `contains ${name}, whose name speaks of moving money`,
            explanation: "A person who steals the key may be able to use it. To accept it no longer:",
            command: withoutIt,
          },
        ]
      : [];
  });
}

/** Reminds of checks that are turned off. */
export function checkVerification(mode: VerificationMode): SettingFinding[] {
  const explanations: Record<VerificationMode, string | undefined> = {
    enforce: undefined,
    warn: "A key that may withdraw, or that works from every address, is reported, and the bot runs with it anyway.",
    off: "Neither `pulumi up` nor the guard on the server checks what the key may do.",
  };
  const explanation = explanations[mode];
  return explanation === undefined
    ? []
    : [
        {
          severity: "warning",
          setting: "verification",
          problem: `is ${mode}`,
          explanation,
          command: "pulumi config set verification enforce",
        },
      ];
}
