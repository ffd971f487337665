import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { adminUser, hostKey, privateKey, type Server } from "../ssh/server.ts";
import { runPulumi } from "./pulumi-cli.ts";
import { addressIn, parseStackState, type StackState } from "./state.ts";

// A first `pulumi up` that failed leaves a server, but no outputs. What is needed to log in is in the stack's state.

/** A secret as `pulumi stack export --show-secrets` prints it: JSON in JSON. */
const shownSecret = z
  .looseObject({ plaintext: z.string() })
  .transform(({ plaintext }) => parseJson(plaintext))
  .pipe(z.string());

/** What the command that makes a key pair prints: the private key, and the line of the public one. */
const keyPair = z.looseObject({ stdout: z.union([z.string(), shownSecret]) }).transform(({ stdout }) => {
  const [, secret = "", shared = ""] =
    /^(-----BEGIN.*?-----END[^\n]*\n)(ssh-ed25519 \S+)/s.exec(stdout) ?? [];
  return { privateKey: secret, publicKey: shared };
});

/**
 * Reads the server from the stack's state, with all its keys.
 *
 * @returns undefined if the stack has made no server, or not all that is needed
 */
export async function readServerInState(stack: string | undefined): Promise<Server | undefined> {
  const args = ["stack", "export", "--show-secrets"];
  return serverWithKeys(parseStackState(await runPulumi(args, stack, "The stack's state can't be read.")));
}

export function serverWithKeys(state: StackState): Server | undefined {
  const deployKey = privateKey.safeParse(keyIn(state, "deploy-key")?.privateKey).data;
  // Which one the server has depends on how far the first run got.
  const hostKeys = ["initial-host-key", "permanent-host-key"].flatMap((name) => {
    const key = hostKey.safeParse(keyIn(state, name)?.publicKey).data;
    return key === undefined ? [] : [key];
  });
  const host = addressIn(state)?.ipAddress;
  return host === undefined || deployKey === undefined || hostKeys.length === 0
    ? undefined
    : { host, user: adminUser, deployKey, hostKey: hostKeys };
}

function keyIn({ resources }: StackState, name: string): z.output<typeof keyPair> | undefined {
  const found = resources.find(
    ({ type, urn }) => type === "command:local:Command" && urn.endsWith(`::${name}`),
  );
  return keyPair.safeParse(found?.outputs).data;
}
