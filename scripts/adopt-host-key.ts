import * as z from "zod";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { UserError } from "./lib/command/user-error.ts";
import { publicKeyOf } from "./lib/ssh/key.ts";
import { runRemotely } from "./lib/ssh/remote.ts";
import { hostKey, privateKey, type Server, server } from "./lib/ssh/server.ts";

// Replaces the server's initial host key by its permanent one. `pulumi up` runs this once for each server.
// The server may show either key, because an earlier run may have got as far as the replacement.
//
// While `npm run rotate-ssh-keys` replaces the keys, it runs again. Then the server may also have the previous ones: it
// gets the new ones, and they are tried over a new connection. `pulumi up` removes the previous deploy key afterwards,
// when it delivers authorized_keys.

const adoption = z.object({
  server: server.extend({ hostKey: z.array(hostKey) }),
  /** The command on the server that reads the new key from standard input. */
  command: z.string(),
  privateKey,
  previous: z.object({ deployKey: privateKey.optional(), hostKey: hostKey.optional() }).optional(),
});

await pulumiStep(adoption, async ({ server, command, privateKey, previous }) => {
  const known: Server =
    previous?.deployKey === undefined ? server : { ...server, previousDeployKey: previous.deployKey };
  if (previous?.deployKey !== undefined) {
    await mustRun(known, addToAuthorizedKeys(publicKeyOf(server.deployKey)), "", "accept its new deploy key");
  }
  await mustRun(known, command, privateKey, "install its new host key");
  if (previous !== undefined) {
    await mustRun(
      { ...server, hostKey: publicKeyOf(privateKey) },
      "true",
      "",
      "be reached with its new keys",
    );
  }
  return 0;
});

async function mustRun(server: Server, command: string, input: string, what: string): Promise<void> {
  const { code, stderr } = await runRemotely(server, command, { input });
  if (code !== 0) {
    throw new UserError(`The server could not ${what}:\n${stderr.trim()}`);
  }
}

/**
 * Without a second line if it is there already. By sudo, because the file belongs to root once it was delivered. The key has
 * no character that a shell would read.
 */
function addToAuthorizedKeys(publicKey: string): string {
  const file = ".ssh/authorized_keys";
  return `grep -qxF '${publicKey}' ${file} || { echo '${publicKey}' | sudo tee -a ${file} >/dev/null && sync ${file}; }`;
}
