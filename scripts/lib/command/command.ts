import { parseArgs } from "node:util";
import { HetznerError } from "../../../hetzner/failure.ts";
import { forStack } from "./for-stack.ts";
import { type CommandDescription, helpText } from "./help.ts";
import { messageFor, runMain } from "./main.ts";
import { commonOptions, type Options } from "./options.ts";
import { splitArgs } from "./split-args.ts";
import { detailOf, UsageError, UserError } from "./user-error.ts";

/** What a person runs with `npm run`. The data that `--help` prints also parses the command line. */
export interface Command<O extends Options> extends CommandDescription<O> {
  /** What it takes besides options. "command" is the command line of another program, with that program's options. */
  takes?: "arguments" | "command";
  /** @returns the exit code */
  run: (values: Values<O>, args: string[]) => number | Promise<number>;
}

interface Config<O extends Options> {
  args: string[];
  options: O & typeof commonOptions;
  allowPositionals: true;
}

/** The values of a command's options, by their names. */
type Values<O extends Options> = ReturnType<typeof parseArgs<Config<O>>>["values"];

/** Runs a command with the arguments of this process. */
export async function runCommand<const O extends Options>(command: Command<O>): Promise<void> {
  await runMain(async () => {
    try {
      return await parseAndRun(command, process.argv.slice(2));
    } catch (error) {
      if (error instanceof UsageError) {
        throw new UsageError(`${error.message}\nFor help, run: npm run ${command.name} -- --help`);
      }
      throw error;
    }
  });
}

async function parseAndRun<O extends Options>(command: Command<O>, argv: string[]): Promise<number> {
  const options = { ...command.options, ...commonOptions };
  const { own, other } = command.takes === "command" ? splitArgs(argv, options) : { own: argv, other: [] };
  const { values, positionals } = parse({ args: own, options, allowPositionals: true });
  if (isHelp(values)) {
    process.stdout.write(helpText(command));
    return 0;
  }
  const [unexpected] = positionals;
  if (unexpected !== undefined && command.takes !== "arguments") {
    throw new UsageError(`Unexpected argument: ${unexpected}`);
  }
  try {
    return await command.run(values, [...positionals, ...other]);
  } catch (error) {
    throw withStack(error, stackIn(values));
  }
}

function parse<O extends Options>(config: Config<O>): ReturnType<typeof parseArgs<Config<O>>> {
  try {
    return parseArgs<Config<O>>(config);
  } catch (error) {
    throw new UsageError(detailOf(error));
  }
}

/** The same error, with commands for the stack that the command was given. */
function withStack(error: unknown, stack: string | undefined): unknown {
  if (stack !== undefined && error instanceof HetznerError) {
    return new UserError(forStack(messageFor(error), stack));
  }
  if (error instanceof UserError) {
    error.message = forStack(error.message, stack);
  }
  return error;
}

function stackIn(values: object): string | undefined {
  return "stack" in values && typeof values.stack === "string" ? values.stack : undefined;
}

function isHelp(values: object): boolean {
  return "help" in values && values.help === true;
}
