import { appendFile, cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as z from "zod";
import { copyOf, Session } from "./real-bot.ts";
import { columns, recordSeen } from "./seen.ts";

// freqtrade with FreqAI and LightGBM, in paper mode: it trains a model and predicts with it.

/** As the table shows it. */
const title = "freqtrade 2026.9, FreqAI with LightGBM 4.7";
const settings = { preset: "freqtrade", mode: "paper" };
/** What FreqAI with LightGBM needs besides freqtrade, which imports XGBoost with every model. */
const packages =
  "datasieve==0.1.9\nlightgbm==4.7.0\nnarwhals==2.29.0\nscikit-learn==1.9.1\nthreadpoolctl==3.8.0\nxgboost-cpu==3.4.1\n";
const freqai = {
  enabled: true,
  identifier: "sample",
  train_period_days: 2,
  backtest_period_days: 1,
  live_retrain_hours: 0,
  feature_parameters: {
    include_timeframes: ["5m"],
    include_corr_pairlist: [],
    label_period_candles: 12,
    include_shifted_candles: 1,
    indicator_periods_candles: [10],
  },
  data_split_parameters: { test_size: 0.2, shuffle: false },
  model_training_parameters: { n_estimators: 20 },
};

let session: Session;

beforeAll(async () => {
  session = await Session.start("freqai");
});

afterAll(async () => {
  await session.stack.remove();
});

/** The example, with FreqAI and a strategy for it. */
async function folderWithFreqai(): Promise<string> {
  const folder = await copyOf("examples/freqtrade");
  await rm(join(folder, "strategies"), { recursive: true });
  await cp("test/e2e/real-bots/FreqaiSample.py", join(folder, "strategies/FreqaiSample.py"));
  await appendFile(join(folder, "requirements.txt"), packages);
  const file = join(folder, "config.json");
  const config = z
    .looseObject({ exchange: z.looseObject({}) })
    .parse(JSON.parse(await readFile(file, "utf8")));
  const changed = {
    ...config,
    strategy: "FreqaiSample",
    freqaimodel: "LightGBMRegressor",
    freqai,
    // Otherwise freqtrade first tries data.binance.vision, which the bot can't reach.
    exchange: { ...config.exchange, only_from_ccxt: true },
  };
  await writeFile(file, JSON.stringify(changed));
  return folder;
}

/** Waits until the strategy has printed a prediction of a trained model, since its last start. */
async function predicts(): Promise<void> {
  await session.comes(async () => {
    const log = await session.server.run(
      "journalctl '--namespace=*' -u trading-bot --invocation=0 -n 200 -o cat",
    );
    return /predicted BTC\/USDC: -?0\.\d*[1-9]\d*, do_predict 1/.test(log);
  });
}

test("FreqAI trains a LightGBM model and predicts with it, with the settings that install-bot names", async () => {
  const folder = await folderWithFreqai();
  await session.stack.set("bot", JSON.stringify(settings));
  await session.stack.mustUp();
  const refused = await session.stack.script("install-bot", [folder]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("pulumi config set --path bot.packages libgomp1");
  expect(refused.stderr).toContain("pulumi config set --path bot.profile jit");

  await session.stack.set("bot", JSON.stringify({ ...settings, profile: "jit", packages: ["libgomp1"] }));
  await session.stack.mustUp();
  const first = await session.installProgram([folder]);
  await predicts();
  const models = await session.server.run("find /var/lib/trading-bot/models -name '*_model.joblib'");
  expect(models).toContain("/models/sample/");

  // Another strategy on top of the same packages.
  const second = await session.installChanged(folder);
  process.stdout.write(`${first}\n${second}\n`);
  expect(second).toContain("requirements.txt is unchanged");
  expect(second).not.toContain("Fetching");
  await predicts();
  const others = Object.fromEntries(columns.map((column) => [column, "not tried" as const]));
  recordSeen(title, { ...others, install: "works", start: "works", demo: "not used" });
}, 1_800_000);
