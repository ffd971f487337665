import { type Emulator, makeKey } from "./emulator.ts";
import { makePair, sign, type Signing } from "./signing.ts";
import type { SocketClient } from "./socket-client.ts";

type Params = Record<string, string | number | boolean>;

/** The parameters of a request to the WebSocket API, with its key and signature. */
export function signed({ clock }: Emulator, key: Signing, params: Params = {}): Params {
  const all: Params = { ...params, apiKey: key.apiKey, timestamp: clock.now().getTime() };
  const payload = Object.keys(all)
    .sort()
    .map((name) => `${name}=${String(all[name])}`)
    .join("&");
  return { ...all, signature: sign(key, payload) };
}

/** Creates an Ed25519 key. */
export async function makeEd25519Key(emulator: Emulator): Promise<Signing> {
  const pair = makePair("ed25519");
  const { apiKey } = await makeKey(emulator, {
    type: "ed25519",
    publicKey: pair.publicKey,
    whitelist: ["127.0.0.1"],
  });
  return { apiKey, signWith: pair.privateKey };
}

/** Logs a session on with a new key. */
export async function logOn(emulator: Emulator, socket: SocketClient): Promise<Signing> {
  const key = await makeEd25519Key(emulator);
  await socket.ask({ id: "logon", method: "session.logon", params: signed(emulator, key) });
  return key;
}
