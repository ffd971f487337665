import type { LoggedRequest } from "./control-protocol.ts";

/** What was asked, for tests to look at. It never holds headers or bodies: they carry tokens and user_data. */
export class RequestLog {
  #requests: LoggedRequest[] = [];

  /** @returns the entry, whose status is filled in when the answer leaves */
  add(method: string, path: string): LoggedRequest {
    const request: LoggedRequest = { method, path, status: null };
    this.#requests.push(request);
    return request;
  }

  list(): LoggedRequest[] {
    return [...this.#requests];
  }

  clear(): void {
    this.#requests = [];
  }
}
