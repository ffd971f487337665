/** The requests of an emulator, for tests. It has no headers and no bodies, because they contain secrets. */
export class RequestLog<Entry extends { status: number | null }> {
  #requests: Entry[] = [];

  /** @returns the entry, so that the caller can set its status when the answer is sent */
  add(request: Entry): Entry {
    this.#requests.push(request);
    return request;
  }

  list(): Entry[] {
    return [...this.#requests];
  }

  clear(): void {
    this.#requests = [];
  }
}
