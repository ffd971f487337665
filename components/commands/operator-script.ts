import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface OperatorScriptArgs {
  /** Its file in scripts/. */
  script: string;
  /** What it gets on standard input, as one line of JSON. It may be secret. */
  input: pulumi.Input<object>;
  /** A new value runs it again, besides a changed input. */
  triggers?: pulumi.Input<string>[];
  /** Whether its standard error is shown where it succeeds; a failing one is shown with its output in any case. */
  logging?: "none" | "stderr";
}

/** Runs a script of the project's on the operator's machine: once, and anew when its input changes; never in a preview. */
export function runOperatorScript(
  name: string,
  { script, input, triggers, logging = "none" }: OperatorScriptArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    {
      // Older Nodes call the stripping of types experimental, in the middle of what is said.
      create: `node --disable-warning=ExperimentalWarning scripts/${script}`,
      stdin: pulumi.secret(pulumi.output(input).apply((value) => `${JSON.stringify(value)}\n`)),
      ...(triggers && { triggers }),
      logging,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(options, { additionalSecretOutputs: ["stdout", "stderr"] }),
  );
}
