import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";

/** A resource as the program declared it. Secret inputs are unwrapped, and listed by name. */
export interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  secrets: string[];
}

/** The mark of a secret that the SDK sends to the engine (pulumi/pulumi, sdk/nodejs/runtime/rpc.ts). */
const secretMark = "4dabf18193072939515e22adb298388d";
const wrapped = z.object({ [secretMark]: z.string(), value: z.unknown() });

/** The key pair of this name, different from every other. Its halves are valid for the scripts that read them. */
export function keyPairOf(name: string): { privateKey: string; publicKey: string } {
  const text = Buffer.from(name).toString("base64");
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `ssh-ed25519 AAAA${text}`,
  };
}

/** What the look at the order decides. */
export const decided = { serverType: "cpx22", location: "nbg1", cost: "cpx22 in nbg1: 19.99 € a month" };

/** The outputs that the cloud or a command would give. */
function computed(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  remoteOutput: (name: string) => string,
): object {
  switch (type) {
    case "hcloud:index/primaryIp:PrimaryIp":
      return { ipAddress: "203.0.113.10" };
    case "command:local:Command": {
      if (name === "order") {
        return { stdout: JSON.stringify(decided) };
      }
      // What make-ssh-key-pair.ts prints.
      const { privateKey, publicKey } = keyPairOf(name);
      return { stdout: `${privateKey}${publicKey} comment\n` };
    }
    case "command:remote:Command":
      return { stdout: remoteOutput(name) };
    case "pulumi:index:Stash":
      return { output: inputs.input };
    default:
      return {};
  }
}

/** Every resource has its own id. A number as text, or the outputs that hcloud parses become NaN without an error. */
export function idOf(name: string): string {
  return String(createHash("sha256").update(name).digest().readUInt32BE());
}

const declared = new Map<string, Declared>();
const options = new Map<string, pulumi.CustomResourceOptions>();
const aliases = new Map<string, pulumi.ResourceOptions["aliases"]>();

/**
 * Replaces the engine by mocks: once in a test file, before any resource is made.
 *
 * @param remoteOutput what the remote command of this name prints
 */
export async function mockEngine(remoteOutput: (name: string) => string = () => ""): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: ({ type, name, inputs }) => {
        const entries = Object.entries(z.record(z.string(), z.unknown()).parse(inputs));
        const plain = entries.map(([key, value]): [string, unknown] => {
          const secret = wrapped.safeParse(value);
          return [key, secret.success ? secret.data.value : value];
        });
        const secrets = entries.filter(([, value]) => wrapped.safeParse(value).success).map(([key]) => key);
        const values = Object.fromEntries(plain);
        declared.set(name, { type, name, inputs: values, secrets });
        const state = { ...values, ...computed(type, name, values, remoteOutput) };
        return { id: idOf(name), state };
      },
    },
    "trading-bot-server",
    "prod",
  );
  acceptHooks();
}

/** The SDK's mocks lack the calls that register hooks. */
export function acceptHooks(): void {
  const register = (_: unknown, done: (error: null, reply: object) => void): void => {
    done(null, {});
  };
  Object.assign(pulumi.runtime.getMonitor() ?? {}, {
    registerResourceHook: register,
    registerErrorHook: register,
  });
}

/** Mocks don't see resource options. Given to a top-level component, this records the options of all resources in it. */
export const recordOptions: pulumi.ComponentResourceOptions = {
  transformations: [
    ({ name, opts }) => {
      options.set(name, opts);
      if (opts.aliases !== undefined) {
        aliases.set(name, opts.aliases);
      }
      return undefined;
    },
  ],
};

/** The resource of this name. */
export function resource(name: string): Declared & { options: pulumi.CustomResourceOptions } {
  const found = declared.get(name);
  if (found === undefined) {
    throw new Error(`no resource "${name}" among ${[...declared.keys()].join(", ")}`);
  }
  return { ...found, options: options.get(name) ?? {} };
}

/** The aliases of all resources that have some, components among them. */
export function allAliases(): Record<string, unknown> {
  return Object.fromEntries(aliases);
}

/** All resources. */
export function allResources(): Declared[] {
  return [...declared.values()];
}

/** An output's value, once everything that it needs is declared. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
