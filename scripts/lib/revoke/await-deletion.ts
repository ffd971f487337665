import type { KeyPair } from "../../../binance/key-pair.ts";
import { ask, canAsk } from "../command/ask.ts";
import { judgeDeletion, type Judgement, tryKey } from "./deletion.ts";
import type { VantagePoint } from "./server.ts";
import { deletionSteps } from "./texts.ts";

interface DeletionOptions extends VantagePoint {
  /** Undefined if the settings have none any more, or one that can't be valid. */
  keyPair: KeyPair | undefined;
  keyName: string | undefined;
  /** Nothing is asked, and nobody is waited for. */
  yes: boolean;
  print: (text: string) => void;
}

/**
 * Says how to delete the key at Binance, waits until a person has done that, and tries the key.
 *
 * @returns whether it is deleted, as far as that can be known
 */
export async function awaitDeletion(options: DeletionOptions): Promise<boolean> {
  const { keyName, yes, print } = options;
  const first = await judge(options);
  if (first.deleted === "yes") {
    print(first.text);
    return true;
  }
  print(`\n${deletionSteps(keyName)}\n`);
  if (yes || !canAsk()) {
    print(first.text);
    return first.deleted === "probably";
  }
  for (;;) {
    const answer = await ask("When it is deleted, type deleted. Anything else ends this: ");
    if (answer.trim().toLowerCase() !== "deleted") {
      return false;
    }
    const judgement = await judge(options);
    print(judgement.text);
    if (judgement.deleted !== "no") {
      // What the program can't see, the person has just said.
      return true;
    }
  }
}

async function judge({ server, before, keyPair }: DeletionOptions): Promise<Judgement> {
  if (keyPair === undefined) {
    return {
      deleted: "unknown",
      text: "Whether the key is deleted can't be tried: the settings have no usable key pair any more. Look in API Management if it is gone.",
    };
  }
  return judgeDeletion(await tryKey(server, keyPair), before);
}
