"""python-binance by REST."""

from binance.client import Client
from client import SYMBOL, read_emulator, refusal_of, report, with_address

emulator = read_emulator()
client = Client(emulator["apiKey"], emulator["secret"], ping=False)
for name in ("API_URL", "MARGIN_API_URL"):
    setattr(client, name, with_address(getattr(client, name), emulator["url"]))

ticker = client.get_orderbook_ticker(symbol=SYMBOL)
low = str(round(float(ticker["bidPrice"]) * 0.9, 2))
bought = client.order_market_buy(symbol=SYMBOL, quantity=0.002)
limit = client.order_limit_buy(symbol=SYMBOL, quantity=0.001, price=low)
stop = client.create_order(
    symbol=SYMBOL,
    side="SELL",
    type="STOP_LOSS_LIMIT",
    timeInForce="GTC",
    quantity=0.001,
    price=low,
    stopPrice=low,
)
opened = len(client.get_open_orders(symbol=SYMBOL))
for order in (limit, stop):
    client.cancel_order(symbol=SYMBOL, orderId=order["orderId"])
balances = [client.get_asset_balance(asset) for asset in ("BTC", "USDC")]
report(
    {
        "markets": client.get_symbol_info(SYMBOL)["symbol"],
        "ticker": float(ticker["bidPrice"]) < float(ticker["askPrice"]),
        "book": len(client.get_order_book(symbol=SYMBOL, limit=5)["bids"]),
        "candles": len(client.get_klines(symbol=SYMBOL, interval="1m", limit=3)),
        "buy at market": bought["status"],
        "open orders": opened,
        "orders after cancel": len(client.get_open_orders(symbol=SYMBOL)),
        "refused by a filter": refusal_of(
            lambda: client.order_limit_buy(symbol=SYMBOL, quantity="0.00001", price=low)
        ),
        "locked after cancel": sum(float(balance["locked"]) for balance in balances),
        "own trades": sum(float(trade["qty"]) for trade in client.get_my_trades(symbol=SYMBOL)),
    }
)
