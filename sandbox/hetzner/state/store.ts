import { notFound, uniquenessError } from "../errors.ts";

/** A project's resources of one kind. Names are unique. */
export class Store<Item extends { readonly id: number; name: string }> {
  readonly #kind: string;
  readonly #items = new Map<number, Item>();

  /** @param kind what errors call it: "server" */
  constructor(kind: string) {
    this.#kind = kind;
  }

  /** In the order of their creation. */
  list(): Item[] {
    return [...this.#items.values()];
  }

  find(id: number): Item | undefined {
    return this.#items.get(id);
  }

  /** @throws ApiError `not_found` */
  get(id: number | string): Item {
    // Assumed: a text that can't be an id gets the same answer as an unknown id.
    const item = this.#items.get(Number(id));
    if (!item) {
      throw notFound(this.#kind, id);
    }
    return item;
  }

  add(item: Item): void {
    this.#items.set(item.id, item);
  }

  remove(id: number): void {
    this.#items.delete(id);
  }

  /** @throws ApiError `uniqueness_error` if another resource has the name */
  requireFreeName(name: string, except?: Item): void {
    if (this.list().some((item) => item.name === name && item !== except)) {
      throw uniquenessError(`${this.#kind} name is already used`, "name");
    }
  }
}
