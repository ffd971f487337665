// The API's errors, one function per code. Codes and statuses are documented in "Error Codes" and with each
// operation. The texts are assumed unless a comment says otherwise: no client should depend on them.

/** An error answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: object | null;

  constructor(status: number, code: string, message: string, details: object | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** The documented shape of every error. `details` is always there: the provider panics without it. */
  toJson(): object {
    return { error: { code: this.code, message: this.message, details: this.details } };
  }
}

/** A field of the request, and what is wrong with it. */
export interface FieldProblem {
  name: string;
  messages: string[];
}

export function jsonError(): ApiError {
  return new ApiError(400, "json_error", "Invalid JSON input in your request");
}

/** The text is the one that the real API sends. */
export function unauthorized(): ApiError {
  return new ApiError(401, "unauthorized", "unable to authenticate");
}

/** The text is the one that is documented for this code. */
export function tokenReadonly(): ApiError {
  return new ApiError(401, "token_readonly", "The token is only allowed to perform GET requests.");
}

/**
 * Documented with these details. The texts are those that people report from the real API: hetzneronline/
 * community-content issue 933 has both, OpenRouterLabs/spawn issue 2902 has the details of `primary_ip_limit`.
 */
export function resourceLimitExceeded(limit: "server_limit" | "primary_ip_limit"): ApiError {
  const text = limit === "server_limit" ? "server limit exceeded" : "Primary IP limit exceeded";
  return new ApiError(403, "resource_limit_exceeded", text, { limits: [{ name: limit }] });
}

export function notFound(kind: string, id: number | string): ApiError {
  return new ApiError(404, "not_found", `${kind} with ID '${id}' not found`);
}

export function unknownCall(): ApiError {
  return new ApiError(404, "not_found", "not found");
}

export function methodNotAllowed(): ApiError {
  return new ApiError(405, "method_not_allowed", "The request method is not allowed");
}

/** Documented with these details, though without `messages` in them. */
export function uniquenessError(message: string, field: string): ApiError {
  return new ApiError(409, "uniqueness_error", message, { fields: [{ name: field }] });
}

/** The text is the one that is documented for this code. */
export function conflict(): ApiError {
  return new ApiError(409, "conflict", "The resource has changed during the request, please retry.");
}

/** Documented with these details. */
export function deprecatedApiEndpoint(announcement: string): ApiError {
  return new ApiError(410, "deprecated_api_endpoint", "API functionality was removed", { announcement });
}

export function resourceUnavailable(text: "error during placement" | "server location disabled"): ApiError {
  return new ApiError(412, "resource_unavailable", text, {});
}

export function primaryIpVersionMismatch(): ApiError {
  return new ApiError(
    412,
    "primary_ip_version_mismatch",
    "The specified Primary IP has the wrong IP Version",
  );
}

/** Documented with this text and these details. */
export function invalidInput(...fields: FieldProblem[]): ApiError {
  const names = fields.map((field) => `'${field.name}'`).join(", ");
  const message =
    fields.length === 1
      ? `invalid input in field ${names}: ${fields.flatMap((field) => field.messages).join(", ")}`
      : `invalid input in fields ${names}`;
  return new ApiError(422, "invalid_input", message, { fields });
}

/** The codes of single operations, and `service_error`. All have the status 422 except `firewall_resource_not_found`. */
export function unprocessable(
  code:
    | "already_in_placement_group"
    | "firewall_already_applied"
    | "firewall_managed_by_label_selector"
    | "invalid_server_type"
    | "ip_not_available"
    | "must_be_unassigned"
    | "networks_overlap"
    | "no_subnet_available"
    | "primary_ip_already_assigned"
    | "primary_ip_assigned"
    | "primary_ip_datacenter_mismatch"
    | "private_net_only_server"
    | "resource_in_use"
    | "server_already_added"
    | "server_already_attached"
    | "server_has_ipv4"
    | "server_has_ipv6"
    | "server_not_stopped"
    | "service_error"
    | "volume_already_attached",
  message: string,
): ApiError {
  return new ApiError(422, code, message);
}

/** Documented: 422 when a firewall is created, 404 in its actions. */
export function firewallResourceNotFound(status: 404 | 422): ApiError {
  return new ApiError(status, "firewall_resource_not_found", "The resource of the Firewall was not found");
}

/** The text is the one that people report from the real API: thetechnick/hcloud-ansible issue 30. */
export function locked(kind = "server"): ApiError {
  return new ApiError(423, "locked", `cannot perform operation because ${kind} is locked`);
}

export function protectedError(kind: string): ApiError {
  return new ApiError(423, "protected", `${kind} is protected`);
}

export function rateLimitExceeded(limit: number): ApiError {
  return new ApiError(429, "rate_limit_exceeded", `limit of ${limit} requests per hour reached`);
}

export function serverError(): ApiError {
  return new ApiError(500, "server_error", "Error within the API backend");
}
