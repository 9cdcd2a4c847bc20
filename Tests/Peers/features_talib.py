"""TA-Lib computes 30 rolling features, one call per symbol and indicator; `bellwether bench features` runs this.

Arguments: symbols, sessions. One thread; a sample is one row.
"""
import sys

import numpy as np
import talib
from rounds import serve

symbols, sessions = int(sys.argv[1]), int(sys.argv[2])
random = np.random.default_rng(7)


def bars():
    close = 50 * np.exp(np.cumsum(0.02 * random.normal(size=sessions)))
    opening = close * np.exp(0.01 * random.normal(size=sessions))
    high = np.maximum(opening, close) * (1 + 0.01 * random.random(sessions))
    low = np.minimum(opening, close) * (1 - 0.01 * random.random(sessions))
    return opening, high, low, close, np.round(1e6 * np.exp(0.4 * random.normal(size=sessions)))


def features(o, h, l, c, v):
    return [
        talib.ROC(c, 1), talib.ROC(c, 5), talib.ROC(c, 20), talib.ROC(c, 60), talib.ROC(c, 120), talib.ROC(c, 250),
        talib.SMA(c, 5), talib.SMA(c, 20), talib.SMA(c, 60), talib.EMA(c, 12), talib.EMA(c, 26),
        talib.STDDEV(c, 5), talib.STDDEV(c, 20), talib.STDDEV(c, 60), talib.STDDEV(c, 250),
        talib.MAX(c, 20), talib.MIN(c, 20), talib.MAX(c, 250), talib.MIN(c, 250),
        talib.RSI(c, 14), talib.ATR(h, l, c, 14), talib.NATR(h, l, c, 14), talib.MACD(c)[0], talib.WILLR(h, l, c, 14),
        talib.CCI(h, l, c, 20), talib.MFI(h, l, c, v, 14), talib.OBV(c, v), talib.SMA(v, 5), talib.SMA(v, 60), talib.LINEARREG_SLOPE(c, 20),
    ]


data = [bars() for _ in range(symbols)]


def run():
    for columns in data:
        features(*columns)


run()
serve(f"TA-Lib {talib.__version__} on {talib.__ta_version__.decode()}, 1 thread, {len(features(*data[0]))} features", symbols * sessions, run)
