import sandbox from "./sandbox/jest.config.js";

/** In production Node strips the types. The tests read the sources in the same way, without a compiler. */
const common = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/strip-types.js" },
  modulePathIgnorePatterns: ["<rootDir>/sandbox/toolchain/"],
};

/** Tests inside a run of the sandbox. */
const inSandbox = {
  ...common,
  setupFilesAfterEnv: ["<rootDir>/sandbox/test/clean-account.ts"],
  globalTeardown: "<rootDir>/test/e2e/not-emulated.ts",
};

export default {
  projects: [
    {
      ...common,
      // Quick, and without root: any machine with Node runs them.
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["\\.(sandbox|campaign|vm)\\.test\\.ts$"],
    },
    {
      ...inSandbox,
      // The product inside the sandbox, on booted machines.
      displayName: "sandbox",
      testMatch: ["<rootDir>/test/**/*.sandbox.test.ts"],
    },
    {
      ...inSandbox,
      // The same, for what takes too long for every change: every fault at every moment.
      displayName: "campaign",
      testMatch: ["<rootDir>/test/**/*.campaign.test.ts"],
    },
    {
      ...inSandbox,
      // The same on virtual machines, for what a container can't show. On emulated processors they take hours.
      displayName: "vm",
      testMatch: ["<rootDir>/test/**/*.vm.test.ts"],
      setupFilesAfterEnv: [...inSandbox.setupFilesAfterEnv, "<rootDir>/sandbox/test/slow-machines.ts"],
    },
    // The sandbox's own tests, under the same names.
    ...sandbox.projects,
  ],
  // Tests wait for conditions. This only ends a test whose condition never comes, also on a computer that is busy.
  testTimeout: 600_000,
  // Concurrent tests of a file run programs. More at a time than there are processors only makes each of them slower.
  maxConcurrency: 2,
};
