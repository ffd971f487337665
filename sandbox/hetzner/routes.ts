import type { Route } from "./call.ts";
import { actionRoutes } from "./calls/actions.ts";
import { catalogueRoutes } from "./calls/catalogue.ts";
import { emptyListRoutes } from "./calls/empty-lists.ts";
import { firewallActionRoutes } from "./calls/firewall-actions.ts";
import { firewallRoutes } from "./calls/firewalls.ts";
import { imageRoutes } from "./calls/images.ts";
import { networkActionRoutes } from "./calls/network-actions.ts";
import { networkRoutes } from "./calls/networks.ts";
import { placementGroupRoutes } from "./calls/placement-groups.ts";
import { primaryIpActionRoutes } from "./calls/primary-ip-actions.ts";
import { primaryIpRoutes } from "./calls/primary-ips.ts";
import { serverActionRoutes } from "./calls/server-actions.ts";
import { serverImageRoutes } from "./calls/server-images.ts";
import { serverNetworkRoutes } from "./calls/server-networks.ts";
import { serverPowerRoutes } from "./calls/server-power.ts";
import { serverRoutes } from "./calls/servers.ts";
import { sshKeyRoutes } from "./calls/ssh-keys.ts";
import { volumeActionRoutes } from "./calls/volume-actions.ts";
import { volumeRoutes } from "./calls/volumes.ts";

/** Every call whose resource is emulated. */
const emulated: readonly Route[] = [
  ...actionRoutes,
  ...catalogueRoutes,
  ...firewallRoutes,
  ...firewallActionRoutes,
  ...imageRoutes,
  ...networkRoutes,
  ...networkActionRoutes,
  ...placementGroupRoutes,
  ...primaryIpRoutes,
  ...primaryIpActionRoutes,
  ...serverRoutes,
  ...serverActionRoutes,
  ...serverImageRoutes,
  ...serverNetworkRoutes,
  ...serverPowerRoutes,
  ...sshKeyRoutes,
  ...volumeRoutes,
  ...volumeActionRoutes,
];

/** Every call that has an answer. */
export const routes: readonly Route[] = [...emulated, ...emptyListRoutes];

/** What all paths begin with. */
export const prefix = "/v1";

const patterns = emulated.map(([, path]) => new RegExp(`^${prefix}${path.replace(/:[a-z_]+/g, "[^/]+")}$`));

/** Whether an emulated resource has any call at a path, whatever its method. */
export function isKnownPath(path: string): boolean {
  return patterns.some((pattern) => pattern.test(path));
}
