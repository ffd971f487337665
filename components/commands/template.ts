/**
 * Fills in a template: `@name@` becomes the value of that name.
 *
 * @throws Error if a placeholder has no value, or a value has no placeholder
 */
export function fillTemplate(template: string, values: Record<string, string>): string {
  const unused = new Set(Object.keys(values));
  const text = template.replaceAll(/@(\w+)@/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`The template has ${placeholder}, but there is no value for it.`);
    }
    unused.delete(name);
    return value;
  });
  if (unused.size > 0) {
    throw new Error(`The template has no placeholder for ${[...unused].join(", ")}.`);
  }
  return text;
}
