/** A host that a program on the server may connect to. */
export interface AllowedHost {
  /** In lower case. */
  name: string;
  /** TCP ports. On TLS ports, a connection must be TLS and request exactly this name. */
  ports: readonly number[];
  /** Whether it stands for all names below `name`, and not for `name` itself. */
  wildcard: boolean;
}

/** As it is written in the setting bot.hosts. */
export function hostText({ name, ports, wildcard }: AllowedHost): string {
  const port = ports.length === 1 && ports[0] !== 443 ? `:${ports[0]}` : "";
  return `${wildcard ? "*." : ""}${name}${port}`;
}

/** The ports on which the proxy reads the name in the TLS hello. On others, any protocol may be spoken. */
export const tlsPorts: readonly number[] = [443, 9443];
