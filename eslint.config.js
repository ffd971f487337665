import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import importSort from "eslint-plugin-simple-import-sort";
import typescript from "typescript-eslint";

export default defineConfig(
  { ignores: ["node_modules/", ".stryker-tmp/", "reports/"] },
  eslint.configs.recommended,
  typescript.configs.strictTypeChecked,
  typescript.configs.stylisticTypeChecked,
  {
    plugins: { "import-sort": importSort },
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["*.js", "*.cjs", "*.mjs"] } },
    },
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      curly: "error",
      eqeqeq: "error",
      "import-sort/imports": ["error", { groups: [["^node:", "^@?\\w", "^\\.\\.", "^\\."]] }],
      "import-sort/exports": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector:
            ":matches(PropertyDefinition, MethodDefinition[kind!='constructor'])[accessibility='private']",
          message: "Write #name: it is private at run time too.",
        },
        {
          selector: "ImportDeclaration[source.value='zod']:not(:has(ImportNamespaceSpecifier))",
          message: 'Write import * as z from "zod": the guard\'s bundle then holds only what it uses.',
        },
      ],
    },
  },
  {
    files: ["index.ts", "{binance,checklist,components,hetzner,scripts}/**/*.ts"],
    // These make a folder there with a name that nobody can know, or look for their own.
    ignores: [
      "scripts/lib/program/install.ts",
      "scripts/lib/recovery/import-file.ts",
      "scripts/lib/ssh/{abandoned,agent}.ts",
    ],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            {
              name: "node:os",
              importNames: ["tmpdir"],
              message: "Another user may have put a file with a known name there first. Use mkdtemp.",
            },
            {
              name: "node:child_process",
              message: "Use scripts/lib/process/run.ts: it makes what the server prints safe for a terminal.",
            },
          ],
        },
      ],
    },
  },
  { files: ["scripts/lib/process/run.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["**/*.js", "**/*.cjs", "**/*.mjs"], extends: [typescript.configs.disableTypeChecked] },
  {
    files: ["examples/**/*.js"],
    languageOptions: { globals: { console: "readonly", performance: "readonly", process: "readonly" } },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { __dirname: "readonly", process: "readonly", require: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off", "no-var": "off" },
  },
);
