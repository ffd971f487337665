import { type Call, created, type Reply, type Route } from "../call.ts";
import type { DataCentre } from "../data-centre.ts";
import { actionJson } from "../state/actions.ts";
import type { Server, ServerStatus } from "../state/resources.ts";
import { requireUnlocked, runLocked } from "../state/servers.ts";

export const serverPowerRoutes: Route[] = [
  ["POST", "/servers/:id/actions/poweron", powerOn],
  ["POST", "/servers/:id/actions/poweroff", powerOff],
  ["POST", "/servers/:id/actions/shutdown", shutdown],
  ["POST", "/servers/:id/actions/reboot", reboot],
  ["POST", "/servers/:id/actions/reset", reset],
];

// Assumed: switching on a server that is on, or off one that is off, succeeds and changes nothing. The provider relies
// on it.

function powerOn(call: Call): Reply {
  return switchPower(call, "start_server", { during: "starting", after: "running" }, (server, dataCentre) =>
    dataCentre.powerOn(server.id),
  );
}

function powerOff(call: Call): Reply {
  return switchPower(call, "stop_server", { during: "stopping", after: "off" }, (server, dataCentre) =>
    dataCentre.powerOff(server.id),
  );
}

/** Assumed: for Hetzner, a machine that reboots is running all the time. */
function reboot(call: Call): Reply {
  return switchPower(
    call,
    "reboot_server",
    { during: "running", after: "running" },
    async (server, dataCentre) => {
      await dataCentre.shutdown(server.id);
      await dataCentre.powerOn(server.id);
    },
  );
}

function reset(call: Call): Reply {
  return switchPower(
    call,
    "reset_server",
    { during: "running", after: "running" },
    async (server, dataCentre) => {
      await dataCentre.powerOff(server.id);
      await dataCentre.powerOn(server.id);
    },
  );
}

function switchPower(
  { project, params }: Call,
  command: string,
  change: { during: ServerStatus; after: ServerStatus },
  work: (server: Server, dataCentre: DataCentre) => Promise<void>,
): Reply {
  const server = project.servers.get(params.id);
  requireUnlocked(project, server);
  const action = project.actions.begin(command, { id: server.id, type: "server" });
  const isThere = server.status === change.after;
  void runLocked(project, server, action, isThere ? {} : change, () =>
    work(server, project.shared.dataCentre),
  );
  return created({ action: actionJson(action, project.now()) });
}

/**
 * Documented: the action only says that the button was pressed. The server's system decides when it is off, and may
 * ignore the button. Assumed: the status is "running" then.
 */
function shutdown({ project, params }: Call): Reply {
  const server = project.servers.get(params.id);
  requireUnlocked(project, server);
  const action = project.actions.begin("shutdown_server", { id: server.id, type: "server" });
  const isIgnored = project.shared.conditions.ignoringShutdown.includes(server.id);
  const isStopping = server.status === "running" && !isIgnored;
  const change = isStopping ? ({ during: "stopping", after: "stopping" } as const) : {};
  void runLocked(project, server, action, change, () => {
    if (isIgnored) {
      return Promise.resolve();
    }
    // Nothing waits for it: the next request for the server checks if the machine is off.
    void project.shared.dataCentre.shutdown(server.id).catch((error: unknown) => {
      project.shared.report(`server ${server.id} could not be shut down: ${String(error)}`);
      if (server.status === "stopping") {
        server.status = "running";
      }
    });
    return Promise.resolve();
  });
  return created({ action: actionJson(action, project.now()) });
}
