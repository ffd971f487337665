const common = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/strip-types.js" },
  modulePathIgnorePatterns: ["<rootDir>/toolchain/"],
};

export default {
  projects: [
    {
      ...common,
      // Quick, and without root: any machine with Node runs them.
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["\\.(sandbox|clients)\\.test\\.ts$"],
    },
    {
      ...common,
      // Inside the sandbox, on booted machines.
      displayName: "sandbox",
      testMatch: ["<rootDir>/test/**/*.sandbox.test.ts"],
    },
    {
      ...common,
      // Clients that are downloaded first. They need Python and a connection to PyPI.
      displayName: "clients",
      testMatch: ["<rootDir>/test/**/*.clients.test.ts"],
    },
  ],
  // Tests wait for conditions. This only ends a test whose condition never comes.
  testTimeout: 240_000,
};
