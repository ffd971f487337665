import { invalidInput } from "./errors.ts";

/** The fields that a list can be sorted by: each with its value in an item. */
export type SortKeys<Item> = Record<string, (item: Item) => string | number>;

/**
 * Sorts as documented: by several fields in turn, each written as `field`, `field:asc` or `field:desc`.
 *
 * @param fields the query's `sort` values. Without any, the items stay in order of their ids
 * @throws ApiError `invalid_input` if this list can't be sorted by a field
 */
export function sortItems<Item>(items: readonly Item[], fields: string[], keys: SortKeys<Item>): Item[] {
  const comparisons = fields.map((field) => comparison(field, keys));
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

function comparison<Item>(text: string, keys: SortKeys<Item>): (one: Item, other: Item) => number {
  const [, field = "", direction = "asc"] = /^([a-z_]+)(?::(asc|desc))?$/.exec(text) ?? [];
  const valueOf = keys[field];
  if (!valueOf) {
    throw invalidInput({ name: "sort", messages: [`can't sort by "${text}"`] });
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
