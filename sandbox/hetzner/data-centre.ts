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
  /** A system image's name, "debian-13", or the id of a snapshot. */
  image: string | number;
  /** Given to cloud-init unchanged; empty if the order had none. */
  userData: string;
  /** OpenSSH public keys, given to root through the metadata, as at Hetzner. */
  sshKeys: string[];
  /** The Primary IP, or undefined for a machine without a public network. */
  ipv4: string | undefined;
}

/** What a volume is ordered with. */
export interface VolumeOrder {
  /** The volume's id at Hetzner. */
  id: number;
  gigabytes: number;
  /** The file system that it is made with, or undefined for an empty one. */
  format: "ext4" | "xfs" | undefined;
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
  rebuild(id: number, image: MachineOrder["image"], userData: string | undefined): Promise<void>;
  /** Gives a machine that is off another address, or none. */
  setAddress(id: number, ipv4: string | undefined): Promise<void>;
  /** Applies these rules to the machine's link at once; undefined if no firewall is applied. */
  setFirewall(id: number, rules: FirewallRule[] | undefined): Promise<void>;
  /** Stops the machine, if it runs, and removes its disk. Its volumes are detached. */
  delete(id: number): Promise<void>;
  /**
   * Whether the machine is on. It may have powered itself off from inside. A machine that reboots counts as on, except
   * for the moment between its end and its next start.
   */
  isRunning(id: number): Promise<boolean>;
  /** Copies a machine's disk. What runs in the machine stands still meanwhile. Volumes aren't part of it. */
  createImage(id: number, machineId: number): Promise<void>;
  deleteImage(id: number): Promise<void>;
  /** Lets the machine's next boot, and no other, be the one of a rescue system, to which these keys may log in. */
  enableRescue(id: number, sshKeys: readonly string[]): Promise<void>;
  disableRescue(id: number): Promise<void>;
  /** Whether the machine's next boot is the one of a rescue system. */
  isRescueNext(id: number): Promise<boolean>;
  /** Makes a volume that no machine has. */
  createVolume(order: VolumeOrder): Promise<void>;
  /**
   * Shows a volume to a machine, on or off, as the block device /dev/disk/by-id/scsi-0HC_Volume_ID. The machine has it until
   * it is detached or the machine is deleted, over reboots and rebuilds.
   */
  attachVolume(id: number, machineId: number): Promise<void>;
  /** Removes a volume from its machine, as if the disk was pulled out. */
  detachVolume(id: number): Promise<void>;
  /** Makes a volume larger, also while it is attached. The file system in it stays as it is. */
  resizeVolume(id: number, gigabytes: number): Promise<void>;
  /** Deletes a volume that no machine has, and its data. */
  deleteVolume(id: number): Promise<void>;
}
