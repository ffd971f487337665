import { oneLine } from "../../binance/errors.ts";
import { evidence, type Judgement } from "../finding.ts";

/** Words that tell nothing of a system; a name of nothing else is not descriptive. */
const empty = new Set(
  "a an api apikey apikeys key keys my new old the test testing tests tmp temp name binance default unnamed untitled main foo bar asdf qwerty todo xxx abc".split(
    " ",
  ),
);

const example = "TradingBot-Hetzner-01";

/** Point 6: the key's name at Binance says which system it is for. No endpoint tells it; a setting does. */
export function judgeKeyName(keyName: string): Judgement {
  const name = keyName.trim();
  const setIt = `Name it after its system, as ${example}; a key's name can be edited at Binance. Then: pulumi config set keyName ${example}`;
  if (name === "") {
    return {
      verdict: "unknown",
      known: undefined,
      detail: "The setting keyName is empty; no endpoint tells the key's name.",
      remedy: setIt,
    };
  }
  if (!isDescriptive(name)) {
    return {
      verdict: "fail",
      known: evidence,
      detail: `"${oneLine(name)}" doesn't tell which system the key is for.`,
      remedy: setIt,
    };
  }
  return {
    verdict: "pass",
    known: evidence,
    detail: `The setting keyName says "${oneLine(name)}"; no endpoint tells.`,
  };
}

/** "API Key 1", "test", "my-key", "42": words of no meaning, and numbers. */
export function isDescriptive(name: string): boolean {
  const words = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length > 1 && !empty.has(word));
  return words.join("").length >= 3;
}
