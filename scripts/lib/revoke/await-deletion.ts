import type { ConfiguredKeyPair } from "../../../binance/key-pair.ts";
import { ask, canAsk } from "../command/ask.ts";
import { orReason } from "../command/user-error.ts";
import { judgeDeletion, type Judgement, tryKey } from "./deletion.ts";
import type { VantagePoint } from "./server.ts";
import { deletionSteps } from "./texts.ts";

interface DeletionOptions extends VantagePoint {
  /** Undefined if the settings have none any more, or one that can't be valid. */
  keyPair: ConfiguredKeyPair | undefined;
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
  const { keyName, keyPair, yes, print } = options;
  const first = await judge(options);
  if (first.deleted === "yes") {
    print(first.text);
    return true;
  }
  print(`\n${deletionSteps(keyName, keyPair?.apiKey)}\n`);
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
    if (judgement.deleted === "unknown") {
      return confirmGone(print);
    }
    if (judgement.deleted !== "no") {
      return true;
    }
  }
}

/** What Binance's answer doesn't show, a person can see. */
async function confirmGone(print: (text: string) => void): Promise<boolean> {
  const answer = await ask(
    "So this program doesn't know it. If you see in API Management that the key is gone, type gone. Anything else ends this: ",
  );
  if (answer.trim().toLowerCase() !== "gone") {
    return false;
  }
  print("You confirmed that the key is deleted.");
  return true;
}

async function judge({ server, before, keyPair }: DeletionOptions): Promise<Judgement> {
  if (keyPair === undefined) {
    return {
      deleted: "unknown",
      text: "The key can't be tried, because the settings have no usable key pair any more.",
    };
  }
  const trial = await orReason(tryKey(server, keyPair));
  return typeof trial === "string"
    ? { deleted: "unknown", text: `The key could not be tried at Binance. ${trial}` }
    : judgeDeletion(trial, before);
}
