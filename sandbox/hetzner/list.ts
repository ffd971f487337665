import { type Call, ok, type Reply } from "./call.ts";
import { parseLabelSelector } from "./label-selector.ts";
import type { Labels } from "./labels.ts";
import { linkHeader, paginate } from "./pagination.ts";
import { sortItems, type SortKeys } from "./sorting.ts";

/** How a resource's list is filtered, sorted and shown. */
export interface ListOptions<Item> {
  /** The reply's key: "servers". */
  key: string;
  /** The list's path below /v1, if it isn't the key. */
  path?: string;
  toJson: (item: Item) => object;
  sortKeys: SortKeys<Item>;
  /** Query parameters that must equal a value of the item. If one is given several times, one of its values must. */
  filters?: Record<string, (item: Item) => string>;
  labels?: (item: Item) => Labels;
}

/** One page of a filtered and sorted list. Parameters that the list doesn't have are ignored. */
export function listReply<Item>(call: Call, items: readonly Item[], options: ListOptions<Item>): Reply {
  const sorted = sortItems(filterItems(call, items, options), all(call.query.sort), options.sortKeys);
  const page = paginate(sorted, firstOf(call.query, ["page", "per_page"]));
  return ok(
    { [options.key]: page.items.map(options.toJson), meta: { pagination: page.meta } },
    { link: linkHeader(page.meta, (number) => urlOfPage(call, options.path ?? options.key, number)) },
  );
}

function filterItems<Item>(call: Call, items: readonly Item[], options: ListOptions<Item>): Item[] {
  let left = [...items];
  for (const [name, valueOf] of Object.entries(options.filters ?? {})) {
    const wanted = all(call.query[name]);
    if (wanted.length > 0) {
      left = left.filter((item) => wanted.includes(valueOf(item)));
    }
  }
  const { labels } = options;
  const [selector] = all(call.query.label_selector);
  if (labels && selector !== undefined) {
    const selects = parseLabelSelector(selector);
    left = left.filter((item) => selects(labels(item)));
  }
  return left;
}

/** All values of a query parameter, which may be given several times. */
export function all(value: string | string[] | undefined): string[] {
  if (value === undefined) {
    return [];
  }
  return Array.isArray(value) ? value : [value];
}

function firstOf(query: Call["query"], names: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const [value] = all(query[name]);
    if (value !== undefined) {
      found[name] = value;
    }
  }
  return found;
}

/** Assumed: the links repeat the query, because a client that follows them needs it. */
function urlOfPage(call: Call, path: string, page: number): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query)) {
    for (const one of all(value)) {
      query.append(name, one);
    }
  }
  query.set("page", String(page));
  return `https://api.hetzner.cloud/v1/${path}?${query.toString()}`;
}
