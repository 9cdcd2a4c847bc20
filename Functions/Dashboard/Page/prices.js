// How prices near a close are written and drawn. A coin may close at 0.0000000013, an adjusted price may have fifteen digits.

// The power of ten and the number of significant digits of a price.
function figures(price) {
  const [digits, exponent] = price.toExponential().split("e");
  return { exponent: Number(exponent), digits: digits.replace(".", "").length };
}

// Decimals for prices near a close: those of the close, at least two, five significant digits below 1, and at most nine significant digits.
function decimals(close) {
  const { exponent, digits } = figures(close);
  const own = Math.min(digits - 1 - exponent, 8 - exponent);
  return Math.min(20, Math.max(2, own, close < 1 ? 4 - exponent : 2));
}

// Writes prices near a close.
export function priceFormat(close) {
  const digits = decimals(close);
  return new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

// Writes a close with all of its digits.
export function writeClose(close) {
  const { exponent, digits } = figures(close);
  const own = Math.min(20, Math.max(2, digits - 1 - exponent));
  return new Intl.NumberFormat("en", { minimumFractionDigits: own, maximumFractionDigits: own }).format(close);
}

// The unit in which prices near a close are drawn, and the format of the price scale. The chart draws numbers up to 9 · 10¹³ and steps down
// to 10⁻⁸, so that prices far from these are drawn in a power of ten.
export function priceScale(close) {
  const { exponent } = figures(close);
  const digits = decimals(close);
  if (digits <= 8 && exponent <= 8) return { unit: 1, format: { type: "price", precision: digits, minMove: Number(`1e-${digits}`) } };
  const [unit, format] = [10 ** exponent, priceFormat(close)];
  return { unit, format: { type: "custom", minMove: 0.0001, formatter: (value) => format.format(value * unit) } };
}
