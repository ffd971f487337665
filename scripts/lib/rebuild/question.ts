import type { HetznerClient } from "../../../hetzner/client.ts";
import { backupHint } from "../backup/hint.ts";
import { confirm } from "../command/ask.ts";
import { forStack } from "../command/for-stack.ts";
import type { Journal } from "../replacement/journal.ts";
import { requirePreview } from "../replacement/preview.ts";
import type { Replacement } from "../replacement/replacement.ts";
import { withoutSaving, withSaving } from "../replacement/replacing.ts";
import { readSetting } from "../stack/settings.ts";
import { addressIn, volumeIn } from "../stack/state.ts";
import { lookAtRebuild } from "./look.ts";

const keyEnds =
  "THE KEY ENDS WITH THE DISK: its private key was made on this server and is nowhere else. The bot stays off until you make a new one: npm run make-key";

/** Shows what a rebuild means, and asks. @throws UserError if it isn't possible now; nothing was changed */
export async function isWanted(
  replacement: Replacement,
  { server, replaced, withoutState, rebuild }: Journal,
  client: HetznerClient,
): Promise<boolean> {
  const { stack, yes, state } = replacement;
  const id = Number.parseInt(replaced, 10);
  const image = rebuild?.image ?? server.image;
  const { isProtected, warnings } = await lookAtRebuild(client, id, image);
  await requirePreview(stack, []);
  const isMade = (await readSetting(stack, "binance:publicKey")) !== undefined;
  const address = addressIn(state)?.ipAddress ?? "its address";
  const lines = [
    ...warnings,
    `This installs ${image} from scratch on the server ${server.name}. ${server.image === image ? "" : `It has ${server.image} now. `}The server stays the same: its address ${address}, its id ${id} and its price.`,
    "The bot is off for some minutes, in which the system boots and its packages are installed.",
    "Everything on the server's disk is deleted: its logs and `npm run history`, the previous key pair, and files outside of the bot's state folder.",
    withoutState ? withoutSaving(volumeIn(state)) : withSaving(volumeIn(state)),
    ...(withoutState ? [] : [backupHint]),
    ...(isMade ? [keyEnds] : []),
    ...(isProtected
      ? [
          "The server is protected at Hetzner. The protection is lifted for the rebuild, and set again after it.",
        ]
      : []),
    ...(stack === undefined ? [] : [`Stack: ${stack}.`]),
    "",
  ];
  process.stdout.write(forStack(lines.join("\n"), stack));
  return confirm({ text: `Rebuild the server ${server.name}? Type yes: `, answer: "yes", yes });
}
