const common = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/strip-types.js" },
  modulePathIgnorePatterns: ["<rootDir>/toolchain/"],
};

/** Tests inside a run of the sandbox. The path is absolute, because knip reads it as one of the project's root. */
const inSandbox = {
  ...common,
  setupFilesAfterEnv: [`${import.meta.dirname}/test/clean-account.ts`],
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
      // Inside the sandbox, on booted machines.
      displayName: "sandbox",
      testMatch: ["<rootDir>/test/**/*.sandbox.test.ts"],
    },
    {
      ...inSandbox,
      // The same, for what takes too long for every change.
      displayName: "campaign",
      testMatch: ["<rootDir>/test/**/*.campaign.test.ts"],
    },
    {
      ...inSandbox,
      // On virtual machines.
      displayName: "vm",
      testMatch: ["<rootDir>/test/**/*.vm.test.ts"],
      setupFilesAfterEnv: [...inSandbox.setupFilesAfterEnv, `${import.meta.dirname}/test/slow-machines.ts`],
    },
  ],
  // Tests wait for conditions. This only ends a test whose condition never comes.
  testTimeout: 240_000,
};
