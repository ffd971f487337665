/** What was asked, for tests to look at. It never holds headers or bodies: they carry secrets. */
export class RequestLog<Entry extends { status: number | null }> {
  #requests: Entry[] = [];

  /** @returns the entry, whose status is filled in when the answer leaves */
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
