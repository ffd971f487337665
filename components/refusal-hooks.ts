import * as pulumi from "@pulumi/pulumi";
import { codeIn, sentencesFor } from "../hetzner/refusals.ts";

/** For every resource at Hetzner: Hetzner's own words are shown anyway, and this adds what to do. */
export function explainRefusals(): pulumi.ErrorHook {
  return new pulumi.ErrorHook("explain the refusal", async ({ errors }) => {
    const explanation = explainError(errors[0] ?? "");
    if (explanation !== undefined) {
      await pulumi.log.error(explanation);
    }
    return false;
  });
}

/** What an error of the provider means for the owner; undefined if there is nothing to add. */
export function explainError(error: string): string | undefined {
  return sentencesFor(codeIn(error) ?? "");
}
