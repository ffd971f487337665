import type { HetznerClient } from "../../../hetzner/client.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { isRebuildProtected } from "../../../hetzner/rebuild.ts";
import { explained } from "../../../hetzner/refusals.ts";
import { type Image, image as imageReply } from "../../../hetzner/replies.ts";
import { readServer } from "../../../hetzner/server.ts";
import { checkWriteAccess, writeFindings } from "../../../hetzner/write-access.ts";
import { UserError } from "../command/user-error.ts";

/** What Hetzner has before a rebuild. */
export interface RebuildLook {
  isProtected: boolean;
  warnings: string[];
}

/**
 * Looks whether Hetzner can rebuild a server now. Nothing is changed.
 *
 * @throws UserError with the reason if it can't
 */
export async function lookAtRebuild(client: HetznerClient, id: number, image: string): Promise<RebuildLook> {
  try {
    const access = writeFindings(await checkWriteAccess(client));
    const server = await readServer(client, id);
    const { architecture } = server.server_type;
    const images = await client.list("images", imageReply, {
      name: image,
      architecture,
      include_deprecated: "true",
    });
    const errors = [
      ...access.errors,
      ...(server.rescue_enabled === true ? [rescueText] : []),
      ...problemsOf(images, { image, architecture, now: client.clock.now() }),
    ];
    if (errors.length > 0) {
      throw new UserError(`${errors.join("\n")}\nNothing was changed.`);
    }
    return { isProtected: await isRebuildProtected(client, id), warnings: access.warnings };
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    throw new UserError(
      error.code === "not_found"
        ? `Hetzner has no server ${id} any more: it was deleted without this program. To order another one at the same address: npm run replace -- --without-state`
        : `Could not check whether the server can be rebuilt. ${explained(error).message}`,
    );
  }
}

const rescueText =
  "Hetzner's rescue system is enabled for this server's next boot, so the fresh system would not start. Disable it in Hetzner's Console (the server, Rescue), and run this again.";

interface Wanted {
  image: string;
  architecture: string;
  now: number;
}

function problemsOf(images: Image[], { image, architecture, now }: Wanted): string[] {
  const found = images.find((one) => one.architecture === architecture);
  if (found === undefined) {
    return [`Hetzner has no image ${image} for ${architecture}, the server's architecture.`];
  }
  const end = found.deprecation?.unavailable_after;
  return end !== undefined && end.getTime() <= now
    ? [`Hetzner no longer offers the image ${image}. Look for a newer version of trading-bot-server.`]
    : [];
}
