/** The interpreter that has Python's clients of Binance, and trusts the sandbox's authority. */
export function pythonOfThisRun(): string {
  const { SANDBOX_PYTHON: python = "" } = process.env;
  if (python === "") {
    throw new Error(
      "This run has no Python packages. Start it by `bash sandbox/run.sh --python " +
        "sandbox/test/binance/judges/python/requirements.txt exec …`, as npm test does.",
    );
  }
  return python;
}
