"""The example's strategy, with its indicator compiled by numba."""

import numba
import numpy as np
from freqtrade.strategy import IStrategy
from pandas import DataFrame


@numba.njit
def highest(values, length):
    result = np.empty_like(values)
    for index in range(len(values)):
        result[index] = values[max(0, index - length + 1) : index + 1].max()
    return result


class BuyTheDip(IStrategy):
    INTERFACE_VERSION = 3
    minimal_roi = {"0": 0.01}
    stoploss = -0.05
    startup_candle_count = 12
    order_types = {"entry": "limit", "exit": "limit", "stoploss": "limit", "stoploss_on_exchange": True}

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["highest"] = highest(dataframe["close"].to_numpy(dtype=np.float64), 12)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["close"] < 0.98 * dataframe["highest"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe
