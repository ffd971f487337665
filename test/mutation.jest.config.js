import config from "../jest.config.js";

/** The unit tests of what is mutated (stryker.config.js), and no others: they run once for each mutant. */
export default {
  ...config.projects.find(({ displayName }) => displayName === "unit"),
  rootDir: "..",
  testMatch: ["<rootDir>/test/{binance,checklist,components/settings}/**/*.test.ts"],
};
