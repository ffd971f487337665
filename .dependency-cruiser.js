/**
 * Which folder may import which: the arrows of docs/architecture.md. The tool follows each import to its file, so
 * that binance/ and sandbox/binance/ are two folders here.
 */

/** What each folder may import of this repository, besides its own files. */
const mayImport = {
  binance: [],
  hetzner: [],
  checklist: ["binance"],
  components: ["checklist", "binance", "hetzner"],
  scripts: ["checklist", "binance", "hetzner"],
  "server/guard": ["checklist", "binance"],
  sandbox: [],
};

/** Packages of the engine: a script starts faster without them, and a rule needs none. */
const withoutPulumi = ["binance", "hetzner", "checklist", "scripts", "server/guard", "sandbox"];

const arrows = Object.entries(mayImport).map(([folder, others]) => ({
  name: `${folder.replace("/", "-")}-imports-${others.length === 0 ? "nothing-else" : others.join("-and-")}`,
  severity: "error",
  from: { path: `^${folder}/` },
  to: {
    pathNot: [`^${folder}/`, ...others.map((other) => `^${other}/`), "node_modules", "^node:"],
    dependencyTypesNot: ["core"],
  },
}));

export default {
  forbidden: [
    ...arrows,
    {
      name: "no-engine",
      comment:
        "Only index.ts and components/ import Pulumi. (The sandbox's test program is a Pulumi program.)",
      severity: "error",
      from: { path: withoutPulumi.map((folder) => `^${folder}/`), pathNot: "^sandbox/test/hetzner/program/" },
      to: { path: "node_modules/@pulumi/" },
    },
    {
      name: "index-reads-components",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { path: "^(binance|hetzner|checklist|scripts|server|sandbox|test|demo|bench)/" },
    },
    {
      name: "sandbox-is-for-tests-demo-and-bench",
      comment: "Unit tests of the product need no sandbox.",
      severity: "error",
      from: { pathNot: "^(sandbox|test/e2e|demo|bench)/|\\.sandbox\\.test\\.ts$|^jest\\.config\\.js$" },
      to: { path: "^sandbox/" },
    },
    {
      name: "tests-are-imported-by-tests",
      severity: "error",
      from: { pathNot: "^(sandbox/)?test/|^(demo|bench)/" },
      to: { path: "^(sandbox/)?test/" },
    },
    {
      name: "no-cycles",
      comment: "Two files that import each other are one file, or three.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-development-packages",
      comment: "`npm ci --omit=dev` must be enough to run the product.",
      severity: "error",
      from: { path: "^(index\\.ts|binance|hetzner|checklist|components|scripts|server)" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "every-import-is-found",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    exclude: { path: "^sandbox/toolchain/" },
  },
};
