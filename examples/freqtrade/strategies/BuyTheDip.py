"""Buys after a fall of 2 % within an hour, and sells with a profit of 1 %. A loss ends at 5 %, by an order at Binance.

It shows how a strategy is installed. Nobody has tested whether it earns anything.
"""

import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class BuyTheDip(IStrategy):
    INTERFACE_VERSION = 3
    minimal_roi = {"0": 0.01}
    stoploss = -0.05
    startup_candle_count = 12
    # The stop is an order at Binance, so it is also there while the bot isn't.
    order_types = {"entry": "limit", "exit": "limit", "stoploss": "limit", "stoploss_on_exchange": True}

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["highest"] = ta.MAX(dataframe, timeperiod=12)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["close"] < 0.98 * dataframe["highest"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe
