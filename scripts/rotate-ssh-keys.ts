import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError, UserError } from "./lib/command/user-error.ts";
import { requireNotInterrupted, surviveClosedOutput, uninterrupted } from "./lib/process/uninterrupted.ts";
import { type PreviousKeys, replaceFlags, type StackKeys } from "./lib/rotation/keys.ts";
import { notePrevious, readKeys, readPrevious, replaceKeys } from "./lib/rotation/rotation.ts";
import { runRemotely } from "./lib/ssh/remote.ts";
import { readForRotation } from "./lib/stack/outputs.ts";
import { showPulumi } from "./lib/stack/pulumi-shown.ts";

await runCommand({
  name: "rotate-ssh-keys",
  usage: ["[OPTION …]"],
  description: [
    "Replaces the SSH keys of the stack, such as after they were stolen: the deploy key and the server's host key.",
    "The server gets the new keys first, and they are tried over a new connection. Then the previous deploy key is removed from the server, and it is checked that it can't log in any more. It runs `pulumi up`, which also applies changed settings. The server, its address and the bot stay as they are.",
    "Before it asks, it shows what `pulumi up` will change.",
    "A server that is ordered later gets the new keys only. Your own keys (`sshKeys`) are not changed: remove a stolen one from that setting.",
    "If it is interrupted, run it again, and it continues.",
  ],
  options: {
    only: { type: "string", value: "KEY", help: "replace only this key: deploy-key or host-key" },
    yes: flag("don't ask"),
  },
  exitCodes: {
    0: "the keys are replaced",
    1: "you didn't answer yes; or the keys are replaced, but `pulumi up` has not finished",
    2: "the command line is wrong, or the next step isn't possible; the message says what to do",
    130: "you pressed Ctrl-C: run it again to continue",
  },
  run: async ({ only, yes, stack }) => {
    surviveClosedOutput();
    requireKeyName(only);
    const outputs = await readForRotation(stack);
    const earlier = await readPrevious(stack);
    if (earlier !== undefined) {
      process.stderr.write("Continuing to replace the SSH keys.\n");
      return uninterrupted(() => replace(stack, outputs.host, earlier));
    }
    // A server that can't be reached can't get a new key.
    await runRemotely(outputs, "true");
    const keys = await readKeys(stack);
    const { deploy, host, initialHost } = keys;
    const previous: PreviousKeys = {
      ...(only !== "host-key" && { deployKey: deploy.privateKey }),
      ...(only !== "deploy-key" && { hostKey: host.publicKey, initialHostKey: initialHost.publicKey }),
    };
    await showChanges(stack, keys, previous);
    const text = `This replaces ${named(previous)} of the server ${outputs.host}, with the changes above. Replace? Type yes: `;
    if (!(await confirm({ text, answer: "yes", yes }))) {
      process.stdout.write("Nothing was changed.\n");
      return 1;
    }
    return uninterrupted(async () => {
      await notePrevious(stack, previous);
      return replace(stack, outputs.host, previous);
    });
  },
});

function requireKeyName(only: string | undefined): void {
  if (only !== undefined && only !== "deploy-key" && only !== "host-key") {
    throw new UsageError(`--only must be deploy-key or host-key, not "${only}".`);
  }
}

/** Shows what `pulumi up` will change. @throws UserError if it would fail */
async function showChanges(
  stack: string | undefined,
  keys: StackKeys,
  previous: PreviousKeys,
): Promise<void> {
  process.stdout.write("What `pulumi up` will change:\n");
  const code = await showPulumi(["preview", ...replaceFlags(keys, previous)], stack);
  requireNotInterrupted("Nothing was changed.");
  if (code !== 0) {
    throw new UserError(
      "`pulumi up` would fail: see its messages above. Nothing was changed, and the present keys still work.",
    );
  }
}

async function replace(stack: string | undefined, host: string, previous: PreviousKeys): Promise<number> {
  const isFinished = await replaceKeys(stack, host, previous);
  const lines = [
    `Replaced: ${named(previous)}.`,
    ...(previous.deployKey === undefined ? [] : ["The previous deploy key can't log in any more."]),
    ...(previous.hostKey === undefined
      ? []
      : [
          "The server now shows another host key. If you use plain ssh, take the new command from: pulumi stack output ssh",
        ]),
    ...(isFinished
      ? []
      : ["`pulumi up` has not finished: see its messages above, and run `pulumi up` again."]),
  ];
  process.stdout.write(forStack(`${lines.join("\n")}\n`, stack));
  return isFinished ? 0 : 1;
}

function named({ deployKey, hostKey }: PreviousKeys): string {
  return [deployKey && "the deploy key", hostKey && "the host key"].filter(Boolean).join(" and ");
}
