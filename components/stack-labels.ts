import * as pulumi from "@pulumi/pulumi";
import { labelsOf, type StackLabels } from "../hetzner/labels.ts";

/** For every resource at Hetzner: `npm run recover` finds it by these when the stack's state doesn't know it. */
export function stackLabels(): StackLabels {
  return labelsOf(pulumi.getProject(), pulumi.getStack());
}
