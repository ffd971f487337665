import * as z from "zod";
import { type Call, created, noContent, ok, type Reply, type Route } from "../call.ts";
import { invalidInput, uniquenessError } from "../errors.ts";
import { parseBody } from "../input.ts";
import { labelsInput } from "../labels.ts";
import { listReply } from "../list.ts";
import { fingerprintOf } from "../ssh-public-key.ts";
import type { SshKey } from "../state/resources.ts";
import { timestamp } from "../timestamp.ts";

export const sshKeyRoutes: Route[] = [
  ["GET", "/ssh_keys", list],
  ["POST", "/ssh_keys", create],
  ["GET", "/ssh_keys/:id", get],
  ["PUT", "/ssh_keys/:id", update],
  ["DELETE", "/ssh_keys/:id", remove],
];

const createInput = z.object({
  name: z.string().min(1),
  public_key: z.string().min(1),
  labels: labelsInput.default({}),
});

const updateInput = z.object({ name: z.string().min(1).optional(), labels: labelsInput.optional() });

function list(call: Call): Reply {
  return listReply(call, call.project.sshKeys.list(), {
    key: "ssh_keys",
    toJson: sshKeyJson,
    sortKeys: { id: (key) => key.id, name: (key) => key.name },
    filters: { name: (key) => key.name, fingerprint: (key) => key.fingerprint },
    labels: (key) => key.labels,
  });
}

function create({ project, body }: Call): Reply {
  const { name, public_key: publicKey, labels } = parseBody(createInput, body);
  const fingerprint = fingerprintOf(publicKey);
  if (fingerprint === undefined) {
    throw invalidInput({ name: "public_key", messages: ["is not an OpenSSH public key"] });
  }
  if (project.sshKeys.list().some((key) => key.fingerprint === fingerprint)) {
    // Documented with this text and field.
    throw uniquenessError("SSH key with the same fingerprint already exists", "public_key");
  }
  project.sshKeys.requireFreeName(name);
  const id = project.shared.ids.next("sshKey");
  const key: SshKey = { id, name, publicKey, fingerprint, labels, created: project.now() };
  project.sshKeys.add(key);
  return created({ ssh_key: sshKeyJson(key) });
}

function get({ project, params }: Call): Reply {
  return ok({ ssh_key: sshKeyJson(project.sshKeys.get(params.id)) });
}

function update({ project, params, body }: Call): Reply {
  const key = project.sshKeys.get(params.id);
  const { name = key.name, labels = key.labels } = parseBody(updateInput, body);
  project.sshKeys.requireFreeName(name, key);
  key.name = name;
  key.labels = labels;
  return ok({ ssh_key: sshKeyJson(key) });
}

function remove({ project, params }: Call): Reply {
  project.sshKeys.remove(project.sshKeys.get(params.id).id);
  return noContent;
}

function sshKeyJson(key: SshKey): object {
  return {
    id: key.id,
    name: key.name,
    fingerprint: key.fingerprint,
    public_key: key.publicKey,
    labels: key.labels,
    created: timestamp(key.created),
  };
}
