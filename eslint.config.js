import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
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
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["*.js", "*.cjs", "*.mjs"] } },
    },
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      eqeqeq: "error",
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
);
