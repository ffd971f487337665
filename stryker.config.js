/** Mutation testing, on demand: `npm run test:mutation`. docs/mutation-testing.md says how to read its report. */
export default {
  mutate: ["binance/**/*.ts", "checklist/**/*.ts", "components/settings/**/*.ts"],
  testRunner: "jest",
  testRunnerNodeArgs: ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"],
  jest: { projectType: "custom", configFile: "test/mutation.jest.config.js" },
  coverageAnalysis: "perTest",
  // What no unit test of these folders needs isn't copied.
  ignorePatterns: ["bench", "demo", "reports", "sandbox/*", "!sandbox/jest.config.js", "test/e2e"],
  reporters: ["progress-append-only", "clear-text", "html", "json"],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  htmlReporter: { fileName: "reports/mutation/mutation.html" },
  jsonReporter: { fileName: "reports/mutation/mutation.json" },
  concurrency: 2,
  // A loaded machine must not look like a mutant that never ends: Stryker counts that as killed.
  timeoutMS: 60_000,
  // Tables and schemas are made when a module loads, so that each of their mutants needs all tests. That is wanted.
  warnings: { slow: false },
};
