/** Node strips the types in production; the tests read the sources in the same way, without a compiler. */
const common = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/strip-types.js" },
  modulePathIgnorePatterns: ["<rootDir>/sandbox/toolchain/"],
};

export default {
  projects: [
    {
      ...common,
      // Quick, and without root: any machine with Node runs them.
      displayName: "unit",
      testMatch: ["<rootDir>/{test,sandbox/test}/**/*.test.ts"],
      testPathIgnorePatterns: ["\\.sandbox\\.test\\.ts$"],
    },
    {
      ...common,
      // Inside the sandbox, on booted machines.
      displayName: "sandbox",
      testMatch: ["<rootDir>/{test,sandbox/test}/**/*.sandbox.test.ts"],
      globalTeardown: "<rootDir>/test/e2e/not-emulated.ts",
    },
  ],
  // Waiting is for conditions; this only ends a test whose condition never comes.
  testTimeout: 240_000,
};
