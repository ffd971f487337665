import { invalidInput } from "./errors.ts";

const defaultPerPage = 25;
const maximumPerPage = 50;

/** A page of a list, and its position in the list as the API shows it. */
export interface Page<Item> {
  items: Item[];
  meta: {
    page: number;
    per_page: number;
    previous_page: number | null;
    next_page: number | null;
    last_page: number;
    total_entries: number;
  };
}

/**
 * Returns the page that a query's `page` and `per_page` select.
 *
 * @throws ApiError `invalid_input` if they aren't positive integers
 */
export function paginate<Item>(
  items: readonly Item[],
  query: { page?: string; per_page?: string },
): Page<Item> {
  const page = positiveInteger("page", query.page, 1);
  // Assumed: more than the maximum counts as the maximum, because clients follow `next_page` anyway.
  const perPage = Math.min(positiveInteger("per_page", query.per_page, defaultPerPage), maximumPerPage);
  // An empty list has one page, as in the documentation's first example.
  const lastPage = Math.max(1, Math.ceil(items.length / perPage));
  return {
    items: items.slice((page - 1) * perPage, page * perPage),
    meta: {
      page,
      per_page: perPage,
      previous_page: page > 1 ? page - 1 : null,
      next_page: page < lastPage ? page + 1 : null,
      last_page: lastPage,
      total_entries: items.length,
    },
  };
}

function positiveInteger(field: string, text: string | undefined, fallback: number): number {
  if (text === undefined) {
    return fallback;
  }
  if (/^[1-9]\d{0,8}$/.test(text)) {
    return Number(text);
  }
  throw invalidInput({ name: field, messages: ["must be a positive integer"] });
}

/** The documented `Link` header: the same query for other pages. */
export function linkHeader(meta: Page<unknown>["meta"], url: (page: number) => string): string {
  const targets = [
    { rel: "prev", page: meta.previous_page },
    { rel: "next", page: meta.next_page },
    { rel: "last", page: meta.last_page },
  ];
  return targets
    .flatMap(({ rel, page }) => (page === null ? [] : [`<${url(page)}>; rel="${rel}"`]))
    .join(", ");
}
