import { type ConfiguredKeyPair, fingerprint } from "../../../binance/key-pair.ts";
import { UserError } from "../command/user-error.ts";
import { requireNotInterrupted, uninterrupted } from "../process/uninterrupted.ts";
import { readServerState } from "../program/server-state.ts";
import { findStackOutputs, type StackOutputs } from "../stack/outputs.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import { showPulumi } from "../stack/pulumi-shown.ts";
import { pairValues, readValues, soundPair } from "../stack/settings.ts";
import type { Progress } from "./progress.ts";
import { toGoOn } from "./prompts.ts";

type Values = Progress["values"];

/** The stack that is set up: its settings and its server, read once and again after each change. */
export class StackInSetup {
  /** As in --stack; undefined for the selected one. */
  readonly stack: string | undefined;
  /** Without its organization. */
  readonly name: string;
  #values: Values | undefined;
  /** Null for a stack without a server. */
  #outputs: StackOutputs | null | undefined;
  #isUpToDate = false;

  constructor(stack: string | undefined, name: string) {
    this.stack = stack;
    this.name = name;
  }

  /** The settings, secrets included. */
  async values(): Promise<Values> {
    return (this.#values ??= await readValues(this.stack));
  }

  /** What the last `pulumi up` has made; undefined without a server. */
  async outputs(): Promise<StackOutputs | undefined> {
    if (this.#outputs === undefined) {
      const outputs = await findStackOutputs(this.stack);
      this.#outputs = outputs?.hasServer === true ? outputs : null;
    }
    return this.#outputs ?? undefined;
  }

  /** The same, once there is a server. @throws UserError */
  async serverOutputs(): Promise<StackOutputs> {
    const outputs = await this.outputs();
    if (outputs === undefined) {
      throw new UserError("The stack has no server yet. Run `pulumi up`, and then this again.");
    }
    return outputs;
  }

  /**
   * Everything that `nextStep` decides by, except what the owner wants in this run.
   *
   * @param isPairIgnored another pair is about to replace it, so that it need not be a sound one
   */
  async progress(isPairIgnored: boolean): Promise<Omit<Progress, "isBotLater" | "wantsNewKey">> {
    const values = await this.values();
    const pair = isPairIgnored ? undefined : pairIn(values);
    const outputs = await this.outputs();
    return {
      values,
      keyPair: pair && fingerprint(pair),
      installed: outputs && {
        keyPair: outputs.liveKeyPair === "none" ? undefined : outputs.liveKeyPair,
        botMode: outputs.bot === undefined ? "none" : outputs.isPaper ? "paper" : "live",
      },
      release: outputs?.bot && (await readServerState(outputs)).current,
      isUpToDate: this.#isUpToDate,
    };
  }

  /** Sets several of our settings at once, so that an interruption leaves all of them or none. */
  async set(settings: Record<string, string>): Promise<void> {
    const pairs = Object.entries(settings).flatMap(([path, value]) => ["--plaintext", `${path}=${value}`]);
    await runPulumi(["config", "set-all", "--path", ...pairs], this.stack, notSaved);
    this.#changed();
  }

  /** Sets a secret. It goes by standard input, because others can see command lines. */
  async setSecret(name: string, value: string): Promise<void> {
    await runPulumi(["config", "set", "--secret", name], this.stack, notSaved, value);
    this.#changed();
  }

  async unset(name: string): Promise<void> {
    await runPulumi(["config", "rm", name], this.stack, notSaved);
    this.#changed();
  }

  /**
   * Runs `pulumi up`, and shows it.
   *
   * @returns whether it succeeded
   * @throws Interrupted after Ctrl-C, once Pulumi has ended
   */
  async update(): Promise<boolean> {
    // All changes that follow wait for this: the first signal is remembered from here on.
    const code = await uninterrupted(() => showPulumi(["up", "--yes"], this.stack));
    this.#outputs = undefined;
    requireNotInterrupted(toGoOn);
    this.#isUpToDate = code === 0;
    return this.#isUpToDate;
  }

  #changed(): void {
    this.#values = undefined;
    this.#isUpToDate = false;
  }
}

/** A run may have ended between the two values of a pair: that is none. @throws UserError if the pair can't be valid */
function pairIn(values: Values): ConfiguredKeyPair | undefined {
  const pair = pairValues((name) => values[name]);
  return pair.apiKey === undefined || (pair.apiSecret ?? pair.publicKey) === undefined
    ? undefined
    : soundPair(pair);
}

const notSaved = "The setting could not be saved.";
