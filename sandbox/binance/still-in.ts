/** Removes those for which it is no longer true, so that a long run doesn't look at all that is done. @returns the others */
export function stillIn<T>(all: Set<T>, isTrue: (one: T) => boolean): T[] {
  for (const one of all) {
    if (!isTrue(one)) {
      all.delete(one);
    }
  }
  return [...all];
}
