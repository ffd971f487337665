import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";

/** One resource as a program declared it. Secret inputs are unwrapped, and listed by name. */
export interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  secrets: string[];
}

/** How the SDK marks a secret on its way to the engine (pulumi/pulumi, sdk/nodejs/runtime/rpc.ts). */
const secretMark = "4dabf18193072939515e22adb298388d";
const wrapped = z.object({ [secretMark]: z.string(), value: z.unknown() });

/** What ssh-key-pair.sh prints. */
export const keygenOutput =
  "-----BEGIN OPENSSH PRIVATE KEY-----\nprivate\n-----END OPENSSH PRIVATE KEY-----\nssh-ed25519 AAAApublic comment\n";

/** Outputs that the cloud or a command would give, by type. */
const computed: Record<string, Record<string, unknown>> = {
  "hcloud:index/primaryIp:PrimaryIp": { ipAddress: "203.0.113.10" },
  "command:local:Command": { stdout: keygenOutput },
};

const declared = new Map<string, Declared>();
const options = new Map<string, pulumi.CustomResourceOptions>();

/**
 * Puts mocks in place of the engine, once in a test file and before any resource is made.
 *
 * @param remoteOutput what a remote command of this name prints
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
        declared.set(name, { type, name, inputs: Object.fromEntries(plain), secrets });
        const stdout = type === "command:remote:Command" ? { stdout: remoteOutput(name) } : {};
        // Numbers as text, or the outputs that hcloud parses become NaN in silence.
        return { id: "42", state: { ...Object.fromEntries(plain), ...computed[type], ...stdout } };
      },
    },
    "trading-bot-server",
    "prod",
  );
}

/** Mocks don't see resource options: given to a top-level component, this notes those of all below it. */
export const noteOptions: pulumi.ComponentResourceOptions = {
  transformations: [
    ({ name, opts }) => {
      options.set(name, opts);
      return undefined;
    },
  ],
};

/** What was declared under this name. */
export function resource(name: string): Declared & { options: pulumi.CustomResourceOptions } {
  const found = declared.get(name);
  if (found === undefined) {
    throw new Error(`no resource "${name}" among ${[...declared.keys()].join(", ")}`);
  }
  return { ...found, options: options.get(name) ?? {} };
}

/** Everything that was declared. */
export function allResources(): Declared[] {
  return [...declared.values()];
}

/** An output's value, when all that it needs has been declared. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
