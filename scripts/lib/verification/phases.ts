/** What took how long. Phases may run side by side. */
export class Phases {
  readonly #phases: [name: string, milliseconds: number][] = [];
  readonly #start = performance.now();

  /** Measures from here to the returned function's call. */
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

  /** One line a phase, and the total. */
  describe(): string {
    const rows: [string, number][] = [...this.#phases, ["all together", performance.now() - this.#start]];
    return rows
      .map(([name, milliseconds]) => `${name.padEnd(28)} ${(milliseconds / 1000).toFixed(2).padStart(6)} s\n`)
      .join("");
  }
}
