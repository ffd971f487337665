import * as pulumi from "@pulumi/pulumi";
import { hostName } from "../hetzner/host-name.ts";
import { labelsOf, type StackLabels } from "../hetzner/labels.ts";
import { standbyName } from "../hetzner/standby.ts";

/** For every resource at Hetzner: `npm run recover` finds it by these when the stack's state doesn't know it. */
export function stackLabels(): StackLabels {
  return labelsOf(pulumi.getProject(), pulumi.getStack());
}

/** The name of the stack's second address at Hetzner. */
export function standbyNameAtHetzner(): string {
  return standbyName(nameAtHetzner());
}

/** The name of everything that the stack has at Hetzner, and the server's host name. */
export function nameAtHetzner(): string {
  return hostName(pulumi.getStack());
}
