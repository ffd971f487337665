import { HetznerError } from "./failure.ts";

/** What a refusal of Hetzner means for the owner. */
export interface Explanation {
  /** One sentence: what is wrong. */
  problem: string;
  /** What to do next. */
  remedy: string;
}

const newToken =
  "Create one with the permission Read & Write (Hetzner's Console, your project, Security, API tokens), and set it: pulumi config set --secret hcloud:token";
const otherChoice =
  "Run pulumi preview: it lists what can be ordered now, and where. Or try again later: it often changes within hours.";
const tryAgain = "Wait some minutes, and run the same command again.";

const readOnly = { problem: "The API token may only read.", remedy: newToken };
const limit = {
  problem:
    "Your account at Hetzner has reached its limit. A new account may have about five servers, and few addresses.",
  remedy:
    "Delete servers or Primary IPs that you no longer need, or request a higher limit (Hetzner's Console, Limits).",
};
const soldOut = { problem: "Hetzner has no capacity for this server at the moment.", remedy: otherChoice };
const busy = {
  problem: "Hetzner is performing another action on the same resource, such as a backup.",
  remedy: tryAgain,
};
const down = { problem: "A part of Hetzner's service doesn't work at the moment.", remedy: tryAgain };
const addressInUse = {
  problem: "The address belongs to another server.",
  remedy:
    "If an earlier `pulumi up` was killed, run: npm run recover. Otherwise, look in Hetzner's Console which server has it.",
};

/** What Hetzner's error codes mean (its API reference, "Error codes"; hcloud-go, error.go). */
const explanations: Readonly<Record<string, Explanation>> = {
  unauthorized: { problem: "Hetzner doesn't accept the API token.", remedy: newToken },
  token_readonly: readOnly,
  forbidden: { problem: "The API token doesn't have the permission for this.", remedy: newToken },

  resource_limit_exceeded: limit,
  primary_ip_limit: limit,
  server_limit: limit,
  resource_locked: {
    problem: "Hetzner has locked this resource, or reviews your account.",
    remedy: "Contact Hetzner's support (Hetzner's Console, Support). Then run the same command again.",
  },

  resource_unavailable: soldOut,
  placement_error: soldOut,
  no_space_left_in_location: {
    problem: "Hetzner has no space left at this location.",
    remedy: otherChoice,
  },
  invalid_server_type: {
    problem:
      "The server type doesn't fit this server: another architecture, a smaller disk, or no longer sold at its location.",
    remedy: "Run pulumi preview: it lists the types that fit.",
  },
  unsupported_error: {
    problem: "Hetzner doesn't support this for this resource.",
    remedy: "Run pulumi preview: it checks what can be ordered or changed.",
  },
  server_not_stopped: {
    problem: "The server is on, and Hetzner changes its type only while it is off.",
    remedy: "Run pulumi up again: it shuts the server down first.",
  },
  primary_ip_assigned: addressInUse,
  primary_ip_already_assigned: addressInUse,
  primary_ip_datacenter_mismatch: {
    problem: "The address is at another location than the server.",
    remedy: "Remove the setting, so that the server is ordered at the address: pulumi config rm location",
  },
  must_be_unassigned: {
    problem: "The address belongs to a server, and can't be deleted.",
    remedy: "Run npm run teardown again: it deletes the server first.",
  },

  uniqueness_error: {
    problem: "Your project at Hetzner already has something with this name, or the same SSH key.",
    remedy:
      "If an earlier `pulumi up` was killed, or if the stack's state is lost, run: npm run recover. It shows what it finds, and asks before it changes anything. Delete nothing by its name: it may be the address that is in your whitelist at Binance.",
  },
  protected: {
    problem: "Hetzner's delete protection is on.",
    remedy: "To delete everything, run: npm run teardown",
  },
  locked: busy,
  conflict: busy,
  resource_in_use: busy,

  rate_limit_exceeded: {
    problem: "Hetzner has received too many requests from your project: it accepts 3600 an hour.",
    remedy: tryAgain,
  },
  maintenance: {
    problem: "Hetzner is doing maintenance.",
    remedy: "Look at status.hetzner.com, and run the same command again later.",
  },
  service_error: down,
  server_error: down,
  bad_gateway: down,
  unavailable: down,
  timeout: {
    problem: "Hetzner didn't answer in time. It may still have done what was requested.",
    remedy: tryAgain,
  },
  unreachable: {
    problem: "Hetzner's API can't be reached from this computer.",
    remedy:
      "Check the connection to the internet, and hcloud:endpoint or HCLOUD_ENDPOINT if you have set it, and run the same command again.",
  },
  unreadable: {
    problem: "Hetzner's API gave an answer that this program can't read.",
    remedy:
      "Run the same command again. If this keeps happening, look for a newer version of trading-bot-server.",
  },
  unfinished: {
    problem: "Hetzner has not finished what was requested in time.",
    remedy:
      "Look at the server in Hetzner's Console. Then run pulumi up again: it turns the server on if it is off.",
  },
};

/**
 * Explains Hetzner's error code in our words; undefined for a code that needs no explanation of ours.
 *
 * @param code such as "resource_limit_exceeded"
 */
export function explain(code: string): Explanation | undefined {
  return Object.hasOwn(explanations, code) ? explanations[code] : undefined;
}

/** Codes after which another server type, or another location, can help. */
const aboutOrder = new Set([
  "resource_unavailable",
  "placement_error",
  "no_space_left_in_location",
  "invalid_server_type",
  "unsupported_error",
]);

/** Whether another server type, or another location, can help. */
export function concernsOrder(code: string): boolean {
  return aboutOrder.has(code);
}

/** Whether a text of the hcloud provider says that nothing at all can be ordered at the location. */
export function concernsLocation(text: string): boolean {
  return codeIn(text) === "no_space_left_in_location" || text.includes("server location disabled");
}

/** What a code means and what to do, as text; undefined for a code that isn't explained. */
export function sentencesFor(code: string): string | undefined {
  const explanation = explain(code);
  return explanation && `${explanation.problem} ${explanation.remedy}`;
}

/** The same error with its explanation, if there is one. */
export function explained({ code, message, status }: HetznerError): HetznerError {
  return new HetznerError(code, [message, sentencesFor(code) ?? []].flat().join(" "), status);
}

/**
 * The code in a text of the hcloud provider, which ends with it in parentheses, mostly with an id: "error during
 * placement (resource_unavailable, 4f3a…)". A code that is explained here counts before any other one.
 */
export function codeIn(text: string): string | undefined {
  const codes = [...text.matchAll(/\(([a-z][a-z0-9]*(?:_[a-z0-9]+)*)(?:, *[\w-]+)?\)/g)].map(
    ([, code = ""]) => code,
  );
  return codes.find((code) => explain(code) !== undefined) ?? codes.find((code) => code.includes("_"));
}
