"""binance-connector, Binance's own client, by REST."""

from binance.spot import Spot
from client import SYMBOL, read_emulator, refusal_of, report

emulator = read_emulator()
client = Spot(api_key=emulator["apiKey"], api_secret=emulator["secret"], base_url=emulator["url"])

price = float(client.ticker_price(SYMBOL)["price"])
low = round(price * 0.9, 2)
ticker = client.book_ticker(SYMBOL)
bought = client.new_order(SYMBOL, "BUY", "MARKET", quantity=0.002)
limit = client.new_order(SYMBOL, "BUY", "LIMIT", timeInForce="GTC", quantity=0.001, price=low)
stop = client.new_order(
    SYMBOL, "SELL", "STOP_LOSS_LIMIT", timeInForce="GTC", quantity=0.001, price=low, stopPrice=low
)
opened = len(client.get_open_orders(SYMBOL))
for order in (limit, stop):
    client.cancel_order(SYMBOL, orderId=order["orderId"])
balances = client.account(omitZeroBalances="true")["balances"]
report(
    {
        "markets": client.exchange_info(SYMBOL)["symbols"][0]["symbol"],
        "ticker": float(ticker["bidPrice"]) < float(ticker["askPrice"]),
        "book": len(client.depth(SYMBOL, limit=5)["bids"]),
        "candles": len(client.klines(SYMBOL, "1m", limit=3)),
        "buy at market": bought["status"],
        "open orders": opened,
        "orders after cancel": len(client.get_open_orders(SYMBOL)),
        "refused by a filter": refusal_of(
            lambda: client.new_order(
                SYMBOL, "BUY", "LIMIT", timeInForce="GTC", quantity="0.00001", price=low
            )
        ),
        "locked after cancel": sum(float(one["locked"]) for one in balances if one["asset"] != "USDT"),
        "own trades": sum(float(trade["qty"]) for trade in client.my_trades(SYMBOL)),
    }
)
