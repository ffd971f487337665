import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import importSort from "eslint-plugin-simple-import-sort";
import typescript from "typescript-eslint";

/** The arrows that docs/architecture.md allows; everything else is refused here. */
const mayNotImport = (files, folders, why) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [{ group: folders.map((folder) => `**/${folder}/**`), message: why }] },
    ],
  },
});

export default defineConfig(
  { ignores: ["node_modules/"] },
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
  { files: ["**/*.js", "**/*.cjs", "**/*.mjs"], extends: [typescript.configs.disableTypeChecked] },
  {
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs", globals: { process: "readonly", require: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off", "no-var": "off" },
  },
  mayNotImport(
    ["binance/**"],
    ["components", "scripts", "sandbox", "@pulumi"],
    "binance/ knows Binance and nothing of Pulumi or of the sandbox",
  ),
  mayNotImport(
    ["components/**"],
    ["scripts", "sandbox"],
    "components/ knows neither scripts nor the sandbox",
  ),
  mayNotImport(
    ["scripts/**"],
    ["components", "sandbox", "@pulumi"],
    "scripts need no engine, and no sandbox",
  ),
  mayNotImport(
    ["server/**"],
    ["components", "scripts", "sandbox", "@pulumi"],
    "what runs on the server shares the rules of binance/ and nothing else",
  ),
  mayNotImport(
    ["sandbox/**"],
    ["components", "scripts", "@pulumi"],
    "the sandbox is a world, not a part of the program",
  ),
  // A Pulumi program of the sandbox's own, which drives the emulator by the real provider.
  { files: ["sandbox/test/hetzner/program/**"], rules: { "no-restricted-imports": "off" } },
);
