/** HTML, as it goes to the browser. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | Html[];

/** HTML whose values are text, also if they look like HTML. Parts made by this function stay as they are. */
export function markup(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map((part) => render(part))));
}

function render(part: Part): string {
  if (Array.isArray(part)) {
    return part.map(({ text }) => text).join("");
  }
  return part instanceof Html ? part.text : escape(String(part));
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
