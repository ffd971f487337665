import { oneLine } from "../../binance/text.ts";
import { evidence, type Judgement } from "../finding.ts";

/** Words that say nothing about a system. A name of nothing else isn't descriptive. */
const meaningless = new Set(
  "a an api apikey apikeys key keys my new old the test testing tests tmp temp name binance default unnamed untitled main foo bar asdf qwerty todo xxx abc".split(
    " ",
  ),
);

const example = "TradingBot-Hetzner-01";

/** Point 6: the key's name at Binance says which system it is for. No endpoint returns it, so it is a setting. */
export function judgeKeyName(keyName: string): Judgement {
  const name = keyName.trim();
  const setIt = `Name the key after its system, such as ${example}. A key's name can be edited at Binance. Then: pulumi config set keyName ${example}`;
  if (name === "") {
    return {
      verdict: "unknown",
      known: undefined,
      detail: "The setting keyName is empty, and no endpoint returns the key's name.",
      remedy: setIt,
    };
  }
  if (!isDescriptive(name)) {
    return {
      verdict: "fail",
      known: evidence,
      detail: `"${oneLine(name)}" doesn't say which system the key is for.`,
      remedy: setIt,
    };
  }
  return {
    verdict: "pass",
    known: evidence,
    detail: `The setting keyName says "${oneLine(name)}". No endpoint returns it.`,
  };
}

/** "API Key 1", "test", "my-key" and "42" aren't: meaningless words, and numbers. */
function isDescriptive(name: string): boolean {
  const words = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length > 1 && !meaningless.has(word));
  return words.join("").length >= 3;
}
