import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { requireNotInterrupted, surviveClosedOutput, uninterrupted } from "./lib/process/uninterrupted.ts";
import { showPulumi } from "./lib/stack/pulumi-shown.ts";
import { listStacks } from "./lib/stack/stack-list.ts";
import { entriesBetween, parseChangelog } from "./lib/update/changelog.ts";
import { installPackages } from "./lib/update/packages.ts";
import { fetchSource, mergeNewest, type Source } from "./lib/update/source.ts";
import { newVersionText } from "./lib/update/texts.ts";

await runCommand({
  name: "update",
  usage: ["[OPTION …]"],
  description: [
    "Installs the newest version of this program, and changes the server with `pulumi up`.",
    "It fetches the repository that this folder was cloned from, shows what each new version changes on your server and whether the bot restarts, and asks. Then it merges the version, installs its packages, and runs `pulumi up`, which shows each change and asks again.",
    "Your settings, Pulumi.*.yaml, are never in the way. If it is interrupted, run it again.",
  ],
  options: {
    check: flag("only say whether there is a newer version, and what it changes"),
    "without-up": flag("don't run `pulumi up`: the server stays as it is until you do"),
    yes: flag("don't ask, here and in `pulumi up`"),
  },
  exitCodes: {
    0: "this is the newest version; unless --without-up was given, the server has it as well",
    1: "with --check, there is a newer version; or you didn't confirm, or `pulumi up` failed",
    2: "the command line is wrong, or the version can't be fetched or installed; the message says what to do",
    130: "you pressed Ctrl-C: run it again to continue",
  },
  run: async ({ check, "without-up": withoutUp, yes, stack }) => {
    surviveClosedOutput();
    const source = await fetchSource(process.cwd());
    if (source.isNewest) {
      process.stdout.write(`Version ${source.current} is the newest.\n`);
    } else {
      const { current, next } = source;
      const entries = entriesBetween(parseChangelog(next.changelog), current, next.version);
      process.stdout.write(newVersionText(source, entries));
    }
    if (check) {
      return source.isNewest ? 0 : 1;
    }
    const question = "Install it? Type yes: ";
    if (!source.isNewest && !(await confirm({ text: question, answer: "yes", yes }))) {
      process.stdout.write("Nothing was changed.\n");
      return 1;
    }
    await uninterrupted(() => install(source));
    requireNotInterrupted("The version is installed, and the server is as it was. To go on: npm run update");
    if (withoutUp) {
      process.stdout.write(forStack("To change the server: pulumi up\n", stack));
      return 0;
    }
    const flags = yes ? ["--yes"] : [];
    const code = await showPulumi(["up", ...flags], stack, { input: "inherit" });
    requireNotInterrupted("To go on: npm run update");
    if (code !== 0) {
      process.stderr.write(forStack("To try again: pulumi up\n", stack));
      return 1;
    }
    process.stdout.write(await otherStacks());
    return 0;
  },
});

async function install(source: Source): Promise<void> {
  if (!source.isNewest) {
    await mergeNewest(source);
  }
  // Also if an earlier run was ended after it had merged.
  await installPackages(source.folder);
}

async function otherStacks(): Promise<string> {
  const others = await listStacks();
  return others.length < 2
    ? ""
    : `Each server gets the new version with its own \`pulumi up --stack NAME\`. The stacks are: ${others.join(", ")}\n`;
}
