import { describe, expect, test } from "@jest/globals";
import { checkPython } from "../../../../../scripts/lib/program/checks/python.ts";
import { folderWith, freqtrade } from "./support.ts";

function check(requirements: string, bot = freqtrade, files: Record<string, string> = {}) {
  return checkPython(folderWith({ "requirements.txt": requirements, ...files }), bot);
}

describe("packages that need a setting", () => {
  test.each([
    "numba==0.68.1",
    "Numba[extra]>=0.60",
    "numba @ https://example.net/numba-0.68.1-cp313-cp313-linux_x86_64.whl",
    "./numba-0.68.1-cp313-cp313-linux_x86_64.whl",
    "numba==0.68.1 \\\n  --hash=sha256:00 \\\n  --hash=sha256:01  # via my-strategy",
  ])("numba, as %j", (line) => {
    const files = { "numba-0.68.1-cp313-cp313-linux_x86_64.whl": "" };
    expect(check(`# comment\n\n${line}\n`, freqtrade, files)).toEqual([
      {
        severity: "error",
        message:
          "requirements.txt, line 3: numba compiles code while it runs, so its import fails under the profile strict.",
        settings: { profile: "jit" },
      },
    ]);
    expect(check(line, { ...freqtrade, profile: "jit" }, files)).toEqual([]);
  });

  test("polars needs a variable, and then no other profile", () => {
    const [finding] = check("polars");
    expect(finding).toMatchObject({
      severity: "error",
      settings: { environment: { POLARS_SKIP_CPU_CHECK: "1" } },
    });
    expect(check("polars", { ...freqtrade, environment: { POLARS_SKIP_CPU_CHECK: "1" } })).toEqual([]);
  });

  test("lightgbm needs a profile and a Debian package", () => {
    const [finding] = check("lightgbm");
    expect(finding).toMatchObject({
      severity: "error",
      settings: { profile: "jit", packages: ["libgomp1"] },
    });
    expect(check("lightgbm", { ...freqtrade, profile: "jit", packages: ["libgomp1"] })).toEqual([]);
  });

  test.each<[string, Partial<typeof freqtrade>, object, string]>([
    [
      "the library",
      { profile: "jit" },
      { packages: ["libgomp1"] },
      "needs the library libgomp.so.1, which the server doesn't have.",
    ],
    [
      "the profile",
      { packages: ["libgomp1"] },
      { profile: "jit" },
      "is called back from C by ctypes, so its import fails under the profile strict.",
    ],
  ])("only what lightgbm lacks is named: %s", (_, set, settings, problem) => {
    const bot = { ...freqtrade, ...set };
    const severity = "error";
    const place = "requirements.txt, line 1";
    expect(check("lightgbm==4.7", bot)).toEqual([
      { severity, message: `${place}: lightgbm ${problem}`, settings },
    ]);
    expect(check("freqtrade[freqai]", bot)).toEqual([
      { severity, message: `${place}: freqtrade[freqai] requires lightgbm, which ${problem}`, settings },
    ]);
  });

  test.each(["freqtrade[freqai]==2026.9", "freqtrade[plot, FreqAI]", "freqtrade[all]"])(
    "%s requires lightgbm, and so what that needs",
    (line) => {
      const settings = { profile: "jit", packages: ["libgomp1"] } as const;
      expect(check(line)).toMatchObject([{ severity: "error", settings }]);
      expect(check(line, { ...freqtrade, ...settings, packages: ["libgomp1"] })).toEqual([]);
    },
  );

  test.each(["torch==2.15.0", "shap", "xgboost", 'numba; sys_platform == "win32"'])(
    "%s is only a warning: the bot may run without it",
    (line) => {
      expect(check(line)).toMatchObject([{ severity: "warning", settings: { profile: "jit" } }]);
    },
  );

  test("without a known bot, all are warnings", () => {
    const folder = folderWith({ "requirements.txt": "numba" });
    expect(checkPython(folder, undefined)).toMatchObject([{ severity: "warning" }]);
  });

  test("in a file that is included, but not in constraints", () => {
    const found = check("-r more/numba.txt\n-c constraints.txt\n--requirement=more/numba.txt", freqtrade, {
      "more/numba.txt": "-r ../requirements.txt\nnumba",
      "constraints.txt": "jax",
    });
    expect(found.map(({ message }) => message)).toEqual(
      Array(2).fill(expect.stringMatching(/^more\/numba\.txt, line 2: numba /)),
    );
  });

  test("in the pyproject.toml of a folder that is installed, and of no other", () => {
    const pyproject = `[project]
name = "bot"
dependencies = [ # "jax"
  "ccxt[pro]>=4",
  'numba',  # "jax"
]
`;
    const files = { "pyproject.toml": pyproject, "other/pyproject.toml": "dependencies = ['jax']" };
    expect(check("ccxt", freqtrade, files)).toEqual([]);
    expect(check("-e .", freqtrade, files)).toMatchObject([
      { message: expect.stringMatching(/^pyproject\.toml: numba /) },
    ]);
    expect(check("./other", freqtrade, files)).toMatchObject([
      { message: expect.stringMatching(/^other\/pyproject\.toml: jax /) },
    ]);
  });

  test("names that only look alike are others", () => {
    expect(check("numba-scipy\nmy.jax\n--find-links numba\nnumbasics==1 # numba\nfreqtrade==2026.9")).toEqual(
      [],
    );
  });
});

describe("a version without a wheel for the server's Python", () => {
  test.each([
    "numpy==1.26.4",
    "pandas == 2.2.2",
    "TA_Lib===0.6.4",
    "numpy<2",
    "numpy>=1.20,<1.27",
    "numpy~=1.26.0",
    "numpy<=2.0.2",
    "pandas (<2)",
    "ta-lib<0.5",
    "scipy==1.10.*",
    "scipy==1.13.*,!=1.13.1 ; python_version > '3'",
  ])("%s", (line) => {
    expect(check(line)).toEqual([
      {
        severity: line.includes(";") ? "warning" : "error",
        message: expect.stringContaining("has no wheel for the server's Python 3.13"),
        remedy: expect.stringMatching(/^Require \d/),
      },
    ]);
  });

  test.each(["hummingbot==20260922", "hummingbot", "ed25519_blake2b==1.4.1"])(
    "%s, as any version",
    (line) => {
      expect(check(line)).toEqual([
        {
          severity: "error",
          message: expect.stringContaining("has no wheel for the server's Python 3.13"),
          remedy: expect.stringContaining("Put a wheel that you have built into the folder"),
        },
      ]);
    },
  );

  test("psycopg2 has a package with wheels instead", () => {
    expect(check("psycopg2==2.9.10")).toMatchObject([
      { severity: "error", remedy: expect.stringMatching(/^Require psycopg2-binary, or put a wheel/) },
    ]);
    expect(check("psycopg2-binary")).toEqual([]);
  });

  test("what is named is the version as it is written", () => {
    const [finding] = check("scipy == 1.10.*");
    expect(finding?.message).toMatch(/^requirements\.txt, line 1: scipy==1\.10\.\* has no wheel/);
  });

  test.each([
    "coincurve==21.0.0",
    "numpy==2.1",
    "numpy<3",
    "numpy<2.2",
    "numpy~=2.0",
    "numpy==2.*",
    "numpy!=1.26",
    "numpy @ https://example.net/numpy-9-cp313-cp313-linux_x86_64.whl",
    "numpy==2.1.0",
    "numpy==10.0",
    "numpy>=1.26",
    "numpy",
    "./numpy-1.26.4-cp313-cp313-linux_x86_64.whl",
  ])("and not %s", (line) => {
    expect(check(line, freqtrade, { "numpy-1.26.4-cp313-cp313-linux_x86_64.whl": "" })).toEqual([]);
  });
});

describe("where a package is from", () => {
  test.each([
    "git+https://example.net/signals.git",
    "signals @ git+ssh://git@example.net/signals.git@v1",
    "-e git+https://example.net/signals.git#egg=signals",
  ])("%s needs git", (line) => {
    expect(check(line)).toEqual([
      {
        severity: "error",
        message: "requirements.txt, line 1: this requirement needs git, which the server doesn't have.",
        remedy: expect.stringContaining("pip wheel --no-deps --wheel-dir wheels -- "),
      },
    ]);
  });

  test.each(["foo @ git+https://x/$(id)", "foo @ git+https://x/`id`", 'foo @ git+https://x/";id;"'])(
    "%s is quoted, so that the printed command can't run code",
    (line) => {
      expect(check(line)).toMatchObject([{ remedy: expect.stringContaining(` -- '${line}', and name`) }]);
    },
  );

  test.each([
    "/home/me/signals",
    "../signals",
    "-e ../signals",
    "file:///home/me/signals-1.0-py3-none-any.whl",
    "signals @ file:///home/me/signals-1.0-py3-none-any.whl",
    "-r ../other.txt",
    "-c ../constraints.txt",
    "--requirement=/home/me/other.txt",
    "signals/../../other-1.0.tar.gz",
  ])("%s is outside of the program", (line) => {
    expect(check(line)).toMatchObject([
      { severity: "error", message: expect.stringContaining("is outside of the program's folder") },
    ]);
  });

  test.each(["./wheels/signals-1.0-py3-none-any.whl", "-r missing.txt", "-c missing.txt"])(
    "%s isn't uploaded",
    (line) => {
      expect(check(line)).toMatchObject([
        { severity: "error", message: expect.stringContaining("isn't among the files that are uploaded") },
      ]);
    },
  );

  test("requirements from an address are fetched by pip", () => {
    expect(check("-r https://example.net/requirements.txt")).toEqual([]);
  });

  test.each([
    ".",
    "-e .",
    "./wheels/a-1.0-py3-none-any.whl",
    "wheels/a-1.0-py3-none-any.whl[all]; python_version > '3'",
  ])("%s is in the program", (line) => {
    expect(check(line, freqtrade, { "wheels/a-1.0-py3-none-any.whl": "" })).toEqual([]);
  });

  test("an address is fetched by pip", () => {
    expect(check("https://example.net/a-1.0-py3-none-any.whl\nb @ https://example.net/b-1.0.tar.gz")).toEqual(
      [],
    );
  });
});

test("a program without requirements has nothing to check", () => {
  expect(checkPython(folderWith({}), freqtrade)).toEqual([]);
});
