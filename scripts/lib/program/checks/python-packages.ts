import type { NeededSettings } from "./finding.ts";

/** Why a package doesn't work, and the settings with which it does. */
interface PackageNeed {
  /** Follows the package's name. */
  problem: string;
  settings: NeededSettings;
}

/** A package of PyPI that doesn't work with the default settings. */
export interface KnownPackage {
  /** The package that has the needs, if it isn't this one. */
  requires?: string;
  needs: readonly PackageNeed[];
  /** Whether the bot may run without it, so that it is only a warning. */
  uncertain?: boolean;
}

const profile = "jit";
const jit = (problem: string): KnownPackage => ({ needs: [{ problem, settings: { profile } }] });
const numba = jit("compiles code while it runs, so its import fails under the profile strict");
const needsNumba: KnownPackage = { ...numba, requires: "numba", uncertain: true };

const calledBack = "is called back from C by ctypes, so its import fails under the profile strict";
const lightgbm: KnownPackage = {
  needs: [
    {
      problem: "needs the library libgomp.so.1, which the server doesn't have",
      settings: { packages: ["libgomp1"] },
    },
    { problem: calledBack, settings: { profile } },
  ],
};
const needsLightgbm: KnownPackage = { ...lightgbm, requires: "lightgbm" };

/**
 * What was seen with the wheels for Python 3.13, in memory that can't be both written and executed. By the package's name,
 * or by that of a package with an extra.
 */
export const knownPackages: Readonly<Record<string, KnownPackage>> = {
  numba,
  jax: jit("compiles code while it runs, so its first operation fails under the profile strict"),
  catboost: jit("changes its own code when it is loaded, so its import fails under the profile strict"),
  polars: {
    needs: [
      {
        problem:
          "writes machine code to find out about the processor, so its import fails under the profile strict",
        // Without this check it works, and the sandbox stays as it is.
        settings: { environment: { POLARS_SKIP_CPU_CHECK: "1" } },
      },
    ],
  },
  lightgbm,
  // Concluded from its code, and not tried.
  xgboost: { ...jit(calledBack), uncertain: true },
  "xgboost-cpu": { ...jit(calledBack), uncertain: true },
  "freqtrade[freqai]": needsLightgbm,
  "freqtrade[all]": needsLightgbm,
  torch: {
    ...jit(
      "compiles code for some operations, such as convolutions and LSTM: under the profile strict they fail",
    ),
    uncertain: true,
  },
  "pandas-ta": needsNumba,
  shap: needsNumba,
  "umap-learn": needsNumba,
  stumpy: needsNumba,
  vectorbt: needsNumba,
};

/** The first version of a package with a wheel for Python 3.13. Older ones would have to be compiled. */
export const firstWheels: Readonly<Partial<Record<string, string>>> = {
  coincurve: "21.0.0",
  numpy: "2.1.0",
  pandas: "2.2.3",
  scipy: "1.14.1",
  "ta-lib": "0.6.5",
};

/** Packages of which no version has a wheel for Linux and Python 3.13, with the one that has, if there is one. */
export const withoutWheels: ReadonlyMap<string, string | undefined> = new Map([
  ["hummingbot", undefined],
  ["ed25519-blake2b", undefined],
  ["psycopg2", "psycopg2-binary"],
  ["mysqlclient", "PyMySQL"],
  ["uwsgi", undefined],
]);
