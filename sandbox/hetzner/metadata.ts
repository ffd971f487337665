import type { FastifyInstance } from "fastify";
import { stringify } from "yaml";
import { publicServer } from "../emulator/server.ts";
import type { Projects } from "./authentication.ts";
import { macAddress } from "./mac-address.ts";
import type { Project } from "./state/project.ts";
import type { Server } from "./state/resources.ts";

/**
 * http://169.254.169.254/hetzner/v1, where a server reads its own metadata. The server is recognized by its address,
 * which the router prevents anybody from forging. Any process of the server may read it: no secret is needed.
 *
 * Documented: the calls below `metadata` except `public-keys`, and that the summary is YAML. Assumed, from what
 * cloud-init reads at Hetzner: `userdata`, `public-keys`, `network-config`, and all of them in the summary's format. Not
 * emulated: vendor data and private networks.
 */
export function buildMetadata(projects: Projects): FastifyInstance {
  const metadata = publicServer(undefined);
  metadata.get("/hetzner/v1/*", (request, reply) => {
    const owner = ownerOf(projects, request.ip);
    const text = owner && answerTo(request.url.replace(/^\/hetzner\/v1\/|\/?(\?.*)?$/g, ""), owner);
    // Assumed: the same answer for a client that isn't a server, and for an unknown call.
    if (text === undefined) {
      return reply.code(404).type("text/plain").send("not found");
    }
    return reply.type("text/plain").send(text);
  });
  return metadata;
}

interface Owner {
  server: Server;
  /** The address that the request came from. */
  ipv4: string;
}

function ownerOf(projects: Projects, ipv4: string): Owner | undefined {
  const has = (project: Project) => (server: Server) => project.primaryIpOf(server, "ipv4")?.ip === ipv4;
  const server = projects
    .list()
    .map((project) => project.servers.list().find(has(project)))
    .find((found) => found !== undefined);
  return server && { server, ipv4 };
}

/** @param path below /hetzner/v1/ */
function answerTo(path: string, { server, ipv4 }: Owner): string | undefined {
  const summary = {
    // Assumed: still the name of a data centre, although the API has named none since 2026-07-01.
    "availability-zone": `${server.location.name}-dc1`,
    hostname: server.name,
    "instance-id": server.id,
    // As in cloud-init's own test of its data source for Hetzner.
    "network-config": {
      config: [
        {
          mac_address: macAddress(server.id),
          name: "eth0",
          subnets: [{ ipv4: true, type: "dhcp" }],
          type: "physical",
        },
      ],
      version: 1,
    },
    "public-ipv4": ipv4,
    "public-keys": server.sshKeys,
    region: server.location.network_zone,
  };
  if (path === "metadata") {
    return stringify(summary);
  }
  // Assumed: an empty answer, and no error, if the order had no user data.
  if (path === "userdata") {
    return server.userData;
  }
  const value = new Map(Object.entries(summary)).get(path.replace(/^metadata\//, ""));
  if (value === undefined || !path.startsWith("metadata/")) {
    return undefined;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
