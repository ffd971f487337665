import { invalidInput } from "./errors.ts";

/** What a list may be sorted by: the field's name, and its value in an item. */
export type SortKeys<Item> = Record<string, (item: Item) => string | number>;

/**
 * Sorts as the documentation says: by several fields in turn, each `field`, `field:asc` or `field:desc`.
 *
 * @param wishes the query's `sort` values; without one the order is by id, as the items lie
 * @throws ApiError `invalid_input` where this list can't be sorted by a field
 */
export function sortItems<Item>(items: readonly Item[], wishes: string[], keys: SortKeys<Item>): Item[] {
  const comparisons = wishes.map((wish) => comparison(wish, keys));
  return items.toSorted((one, other) => {
    for (const compare of comparisons) {
      const order = compare(one, other);
      if (order !== 0) {
        return order;
      }
    }
    return 0;
  });
}

function comparison<Item>(wish: string, keys: SortKeys<Item>): (one: Item, other: Item) => number {
  const [, field = "", direction = "asc"] = /^([a-z_]+)(?::(asc|desc))?$/.exec(wish) ?? [];
  const valueOf = keys[field];
  if (!valueOf) {
    throw invalidInput({ name: "sort", messages: [`can't sort by "${wish}"`] });
  }
  const sign = direction === "asc" ? 1 : -1;
  return (one, other) => sign * compareValues(valueOf(one), valueOf(other));
}

function compareValues(one: string | number, other: string | number): number {
  if (one === other) {
    return 0;
  }
  return one < other ? -1 : 1;
}
