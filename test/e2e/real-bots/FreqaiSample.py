"""A strategy for FreqAI: it predicts the average price of the next hour, and prints what it predicts."""

import logging

import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame

logger = logging.getLogger(__name__)
TARGET = "&-change"


class FreqaiSample(IStrategy):
    INTERFACE_VERSION = 3
    minimal_roi = {"0": 0.01}
    stoploss = -0.05
    startup_candle_count = 20

    def feature_engineering_expand_all(self, dataframe: DataFrame, period: int, metadata: dict, **kwargs) -> DataFrame:
        dataframe["%-rsi-period"] = ta.RSI(dataframe, timeperiod=period)
        return dataframe

    def set_freqai_targets(self, dataframe: DataFrame, metadata: dict, **kwargs) -> DataFrame:
        candles = self.freqai_info["feature_parameters"]["label_period_candles"]
        dataframe[TARGET] = dataframe["close"].shift(-candles).rolling(candles).mean() / dataframe["close"] - 1
        return dataframe

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe = self.freqai.start(dataframe, metadata, self)
        last = dataframe.iloc[-1]
        logger.info("predicted %s: %.6f, do_predict %d", metadata["pair"], last[TARGET], last["do_predict"])
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe
