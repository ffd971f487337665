/** Measures how long the parts of a run take. They may run at the same time. */
export class Phases {
  readonly #phases: [name: string, milliseconds: number][] = [];
  readonly #start = performance.now();

  /** Measures from now until the returned function is called. */
  begin(name: string): () => void {
    const start = performance.now();
    return () => {
      this.#phases.push([name, performance.now() - start]);
    };
  }

  async during<T>(name: string, work: Promise<T>): Promise<T> {
    const end = this.begin(name);
    try {
      return await work;
    } finally {
      end();
    }
  }

  /** One line for each phase, and one for the total. */
  describe(): string {
    const rows: [string, number][] = [...this.#phases, ["total", performance.now() - this.#start]];
    return rows
      .map(([name, milliseconds]) => `${name.padEnd(28)} ${(milliseconds / 1000).toFixed(2).padStart(6)} s\n`)
      .join("");
  }
}
