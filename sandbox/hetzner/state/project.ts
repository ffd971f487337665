import type { Market } from "../catalogue/offers.ts";
import { parseLabelSelector } from "../label-selector.ts";
import { Actions } from "./actions.ts";
import type {
  Firewall,
  Network,
  PlacementGroup,
  PrimaryIp,
  Server,
  Snapshot,
  SshKey,
  Volume,
} from "./resources.ts";
import type { SharedState } from "./shared-state.ts";
import { Store } from "./store.ts";

/** Everything that one token gives access to. */
export class Project {
  readonly name: string;
  readonly shared: SharedState;
  readonly actions: Actions;
  readonly sshKeys = new Store<SshKey>("ssh_key");
  readonly primaryIps = new Store<PrimaryIp>("primary_ip");
  readonly firewalls = new Store<Firewall>("firewall");
  readonly servers = new Store<Server>("server");
  readonly volumes = new Store<Volume>("volume");
  readonly snapshots = new Store<Snapshot>("image");
  readonly networks = new Store<Network>("network");
  readonly placementGroups = new Store<PlacementGroup>("placement_group");

  constructor(name: string, shared: SharedState) {
    this.name = name;
    this.shared = shared;
    this.actions = new Actions(shared);
    shared.account.add(this);
  }

  now(): Date {
    return this.shared.clock.now();
  }

  /** What is offered now. */
  market(): Market {
    return { conditions: this.shared.conditions, now: this.now() };
  }

  /** The server's address of that type, if it has one. */
  primaryIpOf(server: Server, type: PrimaryIp["type"]): PrimaryIp | undefined {
    return this.primaryIps.list().find((ip) => ip.type === type && ip.assigneeId === server.id);
  }

  /** The volumes that are attached to a server. */
  volumesOf(server: Server): Volume[] {
    return this.volumes.list().filter((volume) => volume.serverId === server.id);
  }

  /** Every firewall that applies to a server, by its name or by its labels. */
  firewallsOf(server: Server): Firewall[] {
    return this.firewalls
      .list()
      .filter((firewall) => firewall.servers.has(server.id) || selects(firewall, server));
  }
}

/** Whether one of a firewall's label selectors matches the server. */
export function selects(firewall: Firewall, server: Server): boolean {
  return firewall.selectors.some((selector) => parseLabelSelector(selector)(server.labels));
}
