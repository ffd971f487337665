import * as z from "zod";
import { commaList } from "../../../checklist/list-setting.ts";
import { flag } from "../values.ts";

/** What a person types as one value: `pulumi config set --path` stores what looks like a number as a number. */
const scalar = z
  .union([
    z.boolean(),
    z.number().refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
    z.string(),
  ])
  .transform(String);

const wholeNumber = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);

const presetName = z.enum(["freqtrade", "nautilus-trader", "ccxt", "none"]);
export type PresetName = z.output<typeof presetName>;

/** Whether the bot trades with real money. */
const mode = z.enum(["live", "paper"]);
export type Mode = z.output<typeof mode>;

/** Which sandbox the bot runs in: `jit` allows memory that is both writable and executable. */
const profile = z.enum(["strict", "jit"]);
export type Profile = z.output<typeof profile>;

const key = z.strictObject({
  environment: z
    .strictObject({
      apiKey: z.string().meta({
        description: "The name of the variable with the API key",
        example: "BINANCE_API_KEY",
        rule: "must be the name of an environment variable",
      }),
      apiSecret: z.string().meta({
        description: "The name of the variable with the secret",
        example: "BINANCE_API_SECRET",
        rule: "must be the name of an environment variable",
      }),
    })
    .optional()
    .meta({
      description: "Two environment variables",
      rule: "must have the parts apiKey and apiSecret",
      hint: "They are the names of the two variables.",
    }),
  file: z
    .strictObject({
      name: z.string().meta({
        description: "The file's name",
        example: "config-private.json",
        rule: "must be a file name",
      }),
      template: z.string().meta({
        description: "The file's content, with {apiKey} and {apiSecret} for the two values",
        example: `'{"key": "{apiKey}", "secret": "{apiSecret}"}'`,
        rule: "must be the content of the file, as one string",
        hint: "{apiKey} and {apiSecret} are replaced by the two values.",
      }),
      format: z
        .enum(["json", "text"])
        .default("json")
        .meta({ description: "What the file contains", example: "json", rule: "must be json or text" }),
    })
    .optional()
    .meta({
      description: "A file made from a template",
      rule: "must have the parts name and template",
      hint: "A third part, format, is json or text.",
    }),
  path: z.string().optional().meta({
    description: "The name of the variable with the credential's path",
    example: "BINANCE_KEY_FILE",
    rule: "must be the name of an environment variable",
    hint: "The bot gets the path of the credential in it.",
  }),
});

/**
 * The setting `bot` as a person writes it, with what is said about each part (../entry.ts). docs/bot-settings.md's
 * table is written from it by `node test/checks/settings-docs.ts`. In each union, the last form is the one
 * that messages are about.
 */
export const botSchema = z.strictObject({
  preset: presetName.optional().meta({
    description:
      "`freqtrade`, `nautilus-trader`, `ccxt` or `none`: [see below](#the-presets). Parts that you set yourself take precedence",
    example: "freqtrade",
    rule: `must be one of ${presetName.options.join(", ")}`,
    hint: "docs/bot-settings.md says what each preset sets.",
  }),
  mode: mode.optional().meta({
    description:
      "`live`, or `paper` for trading without real money: [see below](#paper-mode). The bot doesn't get the live key pair then",
    example: "paper",
    rule: "must be live or paper",
    hint: "paper is for trading without real money.",
    defaultText: "`live`",
  }),
  command: z
    .union([z.array(scalar), z.string()])
    .optional()
    .meta({
      description:
        "The command that starts the bot: a string, which is split at spaces with quotes as in a shell, or a list. It is not run by a shell, and nothing is expanded",
      example: `"{program}/.venv/bin/python {program}/main.py"`,
      rule: "must be a string or a list of strings",
      hint: "It is the command that starts the bot, as you would type it.",
      defaultText: "the preset's",
    }),
  workingDirectory: z.string().optional().meta({
    description: "The folder in which the bot starts",
    example: "{state}",
    rule: "must be a string",
    hint: "It is the folder in which the bot starts. {state} is the one that the bot can write to.",
    defaultText: "`{state}`",
  }),
  environment: z
    .record(
      z.string(),
      scalar.meta({
        description: "The variable's value",
        example: "VALUE",
        rule: "must be a string, a number, true or false",
        hint: "A whole number of more than 15 digits needs quotes in the stack's file.",
      }),
    )
    .optional()
    .meta({
      description: "Environment variables, by name",
      rule: "must be a map of variable names to values",
      hint: "Set each variable by its own name:",
      defaultText: "the preset's",
    }),
  secrets: z
    .record(
      z.string(),
      scalar.meta({
        description: "The secret",
        example: "VALUE",
        rule: "must be a single value",
        hint: "Leave out the value: Pulumi asks for it at a prompt.",
      }),
    )
    .optional()
    .meta({
      description:
        "[The bot's other secrets](#the-bots-other-secrets), by the names of their environment variables. Stored encrypted only",
      rule: "must be a map of variable names to secrets",
      hint: "Set each secret by its own name:",
    }),
  key: z
    .union([z.literal("none"), key])
    .optional()
    .meta({
      description: "[How the bot gets its key](#how-the-bot-gets-its-key)",
      rule: "must be none, or have one of the parts environment, file and path",
      hint: "environment: two variables; file: a file made from a template; path: the credential's path.",
      defaultText: "the preset's",
    }),
  profile: profile.optional().meta({
    description:
      "`strict`, or `jit` for runtimes that generate machine code while they run: Node, Java, .NET, numba",
    example: "jit",
    rule: "must be strict or jit",
    hint: "jit is for runtimes that generate machine code while they run (Node, Java, .NET, numba).",
    defaultText: "the preset's, or `strict`",
  }),
  watchdogSeconds: wholeNumber
    .pipe(z.number().refine((value) => value === 0 || (value >= 10 && value <= 3600)))
    .optional()
    .meta({
      description:
        "Watchdog timeout in seconds (10 to 3600). The bot is restarted if it sends no keep-alive in that time. 0 turns the watchdog off",
      example: "300",
      rule: "must be 0 or a whole number from 10 to 3600",
      hint: "The bot is restarted if it sends no keep-alive within this number of seconds. 0 turns the watchdog off.",
      defaultText: "the preset's, or `0`",
    }),
  connectionMinutes: wholeNumber
    .pipe(z.number().refine((value) => value === 0 || (value >= 5 && value <= 60)))
    .optional()
    .meta({
      description:
        "The bot is restarted if it has had no open connection to Binance's streams for so many minutes (5 to 60): [see below](#a-bot-without-a-connection). 0 turns this off",
      example: "5",
      rule: "must be 0 or a whole number from 5 to 60",
      hint: "The bot is restarted if it has had no open connection to Binance's streams for this number of minutes. 0 turns this off.",
      defaultText: "the preset's, or `0`",
    }),
  mayEnd: z.union([flag, z.boolean()]).optional().meta({
    description:
      "Whether the bot may end by itself, with exit code 0. `false`: it is started again. `true`: it stays off, and you get a warning",
    example: "true",
    rule: "must be true or false",
    defaultText: "`false`",
  }),
  executableTmp: z.union([flag, z.boolean()]).optional().meta({
    description:
      "Whether the bot may run code that it has written to `/tmp`: for a program that unpacks itself there ([programs.md](programs.md#a-program-that-unpacks-itself))",
    example: "true",
    rule: "must be true or false",
    defaultText: "`false`",
  }),
  packages: commaList.optional().meta({
    description:
      "Debian packages that the bot needs, such as `libgomp1` ([see below](#debian-packages-for-the-bot))",
    example: "libgomp1",
    rule: "must be the name of a Debian package or a list of names",
    hint: "Set one name, or several separated by commas.",
  }),
  hosts: commaList.optional().meta({
    description:
      "Other hosts that the bot may reach: exact names, with a port if it isn't 443 (`db.example.net:5432`). `*.example.net` stands for all names below one. No addresses, no `https://`",
    example: "api.telegram.org",
    rule: "must be a host name or a list of host names",
    hint: "Set one name, or several separated by commas.",
  }),
  ui: wholeNumber.pipe(z.number().min(1024).max(65_535)).optional().meta({
    description:
      "The port of the bot's own page, such as FreqUI, on the bot's `127.0.0.1`: 1024 to 65535. `npm run ui` opens a tunnel to it",
    example: "8080",
    rule: "must be a whole number from 1024 to 65535",
    hint: "It is the port at which the bot's own page listens. Nothing but `npm run ui` reaches it.",
  }),
});

export type BotShape = z.output<typeof botSchema>;
