"""A NautilusTrader node that follows the trades of a pair. If TRADE is set, it buys once, and leaves an order that sells
with a profit of 1 %.

The key pair comes in BINANCE_API_KEY and BINANCE_API_SECRET. It must be of type Ed25519.
"""

import os
import sys
from decimal import Decimal
from pathlib import Path

from nautilus_trader.adapters.binance import (
    BINANCE,
    BinanceAccountType,
    BinanceDataClientConfig,
    BinanceExecClientConfig,
    BinanceLiveDataClientFactory,
    BinanceLiveExecClientFactory,
)
from nautilus_trader.config import InstrumentProviderConfig, LoggingConfig, TradingNodeConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import InstrumentId, TraderId
from nautilus_trader.trading.strategy import Strategy

# Accounts in the European Economic Area may not trade pairs with USDT.
INSTRUMENT = InstrumentId.from_str(os.environ.get("INSTRUMENT", "BTCUSDC.BINANCE"))
# The node itself remembers nothing. The bot starts in its state folder, whose files are kept.
BOUGHT = Path(f"bought-for-{os.environ.get('TRADE', '')}")
QUANTITY = Decimal("0.00020")
# Less than was bought, because the fee is taken from it.
FOR_SALE = Decimal("0.00019")
PROFIT = Decimal("1.01")
CONNECT_SECONDS = 120


class BuyOnce(Strategy):
    def on_start(self) -> None:
        self.subscribe_trade_ticks(INSTRUMENT)

    def on_trade_tick(self, tick) -> None:
        if not os.environ.get("TRADE") or BOUGHT.exists():
            return
        # First the file: if the bot ends here, it doesn't buy, but it never buys twice.
        BOUGHT.touch()
        quantity = self.cache.instrument(INSTRUMENT).make_qty(QUANTITY)
        self.submit_order(self.order_factory.market(INSTRUMENT, OrderSide.BUY, quantity))

    def on_order_filled(self, event) -> None:
        if event.order_side == OrderSide.BUY:
            instrument = self.cache.instrument(INSTRUMENT)
            price = instrument.make_price(event.last_px.as_decimal() * PROFIT)
            self.submit_order(
                self.order_factory.limit(INSTRUMENT, OrderSide.SELL, instrument.make_qty(FOR_SALE), price)
            )


def end_unless_connected(node: TradingNode) -> None:
    """A node that isn't logged on reports RUNNING and trades nothing. Then it ends, and is started again.

    The preset does this for a node without any connection. This is also for one whose key Binance refuses.
    """
    if not (node.kernel.data_engine.check_connected() and node.kernel.exec_engine.check_connected()):
        print(f"there is no connection to Binance after {CONNECT_SECONDS} s: the bot ends", flush=True)
        os._exit(1)


def main() -> None:
    provider = InstrumentProviderConfig(load_ids=frozenset([INSTRUMENT]))
    account = {"account_type": BinanceAccountType.SPOT, "instrument_provider": provider}
    # Without these two variables, the addresses are Binance's. A test sets them.
    streams, api = os.environ.get("WS_STREAMS"), os.environ.get("WS_API")
    node = TradingNode(
        TradingNodeConfig(
            trader_id=TraderId("BOT-001"),
            logging=LoggingConfig(log_level="INFO", log_colors=False),
            data_clients={BINANCE: BinanceDataClientConfig(base_url_ws=streams, **account)},
            exec_clients={BINANCE: BinanceExecClientConfig(base_url_ws=api, **account)},
        )
    )
    node.add_data_client_factory(BINANCE, BinanceLiveDataClientFactory)
    node.add_exec_client_factory(BINANCE, BinanceLiveExecClientFactory)
    node.trader.add_strategy(BuyOnce())
    node.build()
    node.get_event_loop().call_later(CONNECT_SECONDS, end_unless_connected, node)
    try:
        node.run()
    finally:
        node.dispose()


if __name__ == "__main__":
    sys.exit(main())
