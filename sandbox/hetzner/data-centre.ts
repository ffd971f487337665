/** One rule of a Hetzner firewall, as the API describes it. */
export interface FirewallRule {
  direction: "in" | "out";
  protocol: "tcp" | "udp" | "icmp" | "esp" | "gre";
  /** A port ("22"), a range ("80-85") or "any"; only TCP and UDP have one. */
  port?: string | undefined;
  /** The other side of the traffic, in CIDR notation: sources of "in", destinations of "out". */
  addresses: string[];
}

/** What a server is ordered with. */
export interface MachineOrder {
  /** The server's id at Hetzner. The machine has the same id. */
  id: number;
  /** Becomes the host name. */
  name: string;
  /** An image's name, "debian-13". */
  image: string;
  /** Given to cloud-init unchanged; empty if the order had none. */
  userData: string;
  /** OpenSSH public keys, given to root through the metadata, as at Hetzner. */
  sshKeys: string[];
  /** The Primary IP, or undefined for a machine without a public network. */
  ipv4: string | undefined;
}

/**
 * What the emulated API does to real machines. Every method resolves when the machine has reached the wanted state. It
 * rejects if the id is unknown or the step is impossible.
 */
export interface DataCentre {
  /** Makes a disk from the image and starts the machine; resolves when its init runs, long before sshd answers. */
  create(order: MachineOrder): Promise<void>;
  powerOn(id: number): Promise<void>;
  /** Makes the machine's init power off, like the ACPI button; resolves when it is off. */
  shutdown(id: number): Promise<void>;
  /** Switches it off at once. */
  powerOff(id: number): Promise<void>;
  /**
   * Makes a new disk from the image, with the same address. Without user data, the machine keeps what it has. A machine
   * that is on is turned off for it. It runs afterwards in any case.
   */
  rebuild(id: number, image: string, userData: string | undefined): Promise<void>;
  /** Gives a machine that is off another address, or none. */
  setAddress(id: number, ipv4: string | undefined): Promise<void>;
  /** Applies these rules to the machine's link at once; undefined if no firewall is applied. */
  setFirewall(id: number, rules: FirewallRule[] | undefined): Promise<void>;
  /** Stops the machine, if it runs, and removes its disk. */
  delete(id: number): Promise<void>;
  /**
   * Whether the machine is on. It may have powered itself off from inside. A machine that reboots counts as on, except
   * for the moment between its end and its next start.
   */
  isRunning(id: number): Promise<boolean>;
}
