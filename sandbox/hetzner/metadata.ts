import type { FastifyInstance } from "fastify";
import { stringify } from "yaml";
import { publicServer } from "../emulator/server.ts";
import type { Projects } from "./authentication.ts";
import type { Project } from "./state/project.ts";
import type { Server } from "./state/resources.ts";

/**
 * What http://169.254.169.254/hetzner/v1 tells a server about itself: who asks is known by the address that it
 * asks from, which the router lets nobody forge. Any process of the server may ask: there is no secret to know.
 *
 * Documented: the calls below `metadata`, but for `public-keys`, and that the summary is YAML. Assumed, from what
 * cloud-init reads at Hetzner: `userdata`, `public-keys`, and both in the summary's format. Not emulated: the
 * network's configuration, vendor data and private networks.
 */
export function buildMetadata(projects: Projects): FastifyInstance {
  const door = publicServer(undefined);
  door.get("/hetzner/v1/*", (request, reply) => {
    const owner = ownerOf(projects, request.ip);
    const text = owner && answerTo(request.url.replace(/^\/hetzner\/v1\/|\/?(\?.*)?$/g, ""), owner);
    // Assumed: who has no server, and a call that there is none of, are told no more than this.
    if (text === undefined) {
      return reply.code(404).type("text/plain").send("not found");
    }
    return reply.type("text/plain").send(text);
  });
  return door;
}

interface Owner {
  server: Server;
  /** The address that it asks from. */
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
    // Assumed: still the name of a data centre, though the API has named none since 2026-07-01.
    "availability-zone": `${server.location.name}-dc1`,
    hostname: server.name,
    "instance-id": server.id,
    "public-ipv4": ipv4,
    "public-keys": server.sshKeys,
    region: server.location.network_zone,
  };
  if (path === "metadata") {
    return stringify(summary);
  }
  // Assumed: nothing, and no error, where the order had no user data.
  if (path === "userdata") {
    return server.userData;
  }
  const value = new Map(Object.entries(summary)).get(path.replace(/^metadata\//, ""));
  if (value === undefined || !path.startsWith("metadata/")) {
    return undefined;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
