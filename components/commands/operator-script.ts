import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface OperatorScriptArgs {
  /** Its file in scripts/. */
  script: string;
  /** What it gets on standard input, as one line of JSON. It may be secret. */
  input: pulumi.Input<object>;
  /** A new value runs the script again; so does a changed input. */
  triggers?: pulumi.Input<string>[];
  /** Whether its standard error is shown if it succeeds. If it fails, Pulumi shows its output anyway. */
  logging?: "none" | "stderr";
  /** Whether it finds what it printed last time in PULUMI_COMMAND_STDOUT. */
  seesPreviousOutput?: boolean;
}

/** Runs one of our scripts on the operator's machine: once, and again when its input changes; never in a preview. */
export function runOperatorScript(
  name: string,
  { script, input, triggers, logging = "none", seesPreviousOutput = false }: OperatorScriptArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    {
      create: scriptCommand(script),
      stdin: pulumi.secret(pulumi.output(input).apply((value) => `${JSON.stringify(value)}\n`)),
      ...(triggers && { triggers }),
      logging,
      addPreviousOutputInEnv: seesPreviousOutput,
    },
    pulumi.mergeOptions(options, { additionalSecretOutputs: ["stdout", "stderr"] }),
  );
}

/** The shell command that runs a script of scripts/. */
export function scriptCommand(script: string): string {
  // Older Node versions print an ExperimentalWarning into our output.
  return `node --disable-warning=ExperimentalWarning scripts/${script}`;
}
