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
  /** The server's id at Hetzner; it names the machine everywhere. */
  id: number;
  /** Becomes the host name. */
  name: string;
  /** An image's name, "debian-13". */
  image: string;
  /** Given to cloud-init as it is; empty where the order had none. */
  userData: string;
  /** OpenSSH public keys, given to root by way of the metadata, as Hetzner does. */
  sshKeys: string[];
  /** The Primary IP, or undefined for a machine without a public network. */
  ipv4: string | undefined;
}

/**
 * What the emulated API does to real machines. Every method resolves when the machine has got there; an
 * unknown id or an impossible step rejects.
 */
export interface DataCentre {
  /** Makes a disk from the image and starts the machine; resolves when its init runs, long before sshd answers. */
  create(order: MachineOrder): Promise<void>;
  powerOn(id: number): Promise<void>;
  /** Asks the machine's init to power off, as the ACPI button does; resolves when it is off. */
  shutdown(id: number): Promise<void>;
  /** Pulls the plug. */
  powerOff(id: number): Promise<void>;
  /**
   * A new disk from the image, with the same address and, unless it is given anew, the same user_data. A machine
   * that is on is turned off for it; it runs afterwards in any case.
   */
  rebuild(id: number, image: string, userData: string | undefined): Promise<void>;
  /** Gives a machine that is off another address, or none. */
  setAddress(id: number, ipv4: string | undefined): Promise<void>;
  /** Puts these rules on the machine's link at once; undefined where no firewall is applied. */
  setFirewall(id: number, rules: FirewallRule[] | undefined): Promise<void>;
  /** Stops the machine, if it runs, and removes its disk. */
  delete(id: number): Promise<void>;
  /**
   * Whether the machine is on: it may have powered itself off from inside. One that reboots counts as on, save
   * for the moment between its end and its next start.
   */
  isRunning(id: number): Promise<boolean>;
}
