// A custom series for lightweight-charts: nested intervals around a median, filled for the model and outlined for the random walk.
// One item per session: { time, levels: [q05, q10, q25, q50, q75, q90, q95] } in prices.
const BANDS = [[0, 6], [1, 5], [2, 4]];

class FanRenderer {
  update(data, options) { this.data = data; this.options = options; }

  draw(target, priceToY) {
    if (!this.data?.visibleRange) return;
    target.useBitmapCoordinateSpace(({ context, horizontalPixelRatio: across, verticalPixelRatio: down }) => {
      const range = this.data.visibleRange;
      const points = this.data.bars.slice(range.from, range.to)
        .map((bar) => ({ x: bar.x * across, ys: bar.originalData.levels.map((price) => priceToY(price) * down) }));
      if (points.length < 2) return;
      context.save();
      context.lineJoin = "round";
      for (const [low, high] of BANDS) this.band(context, points, low, high, down);
      this.line(context, points, 3, down);
      context.restore();
    });
  }

  band(context, points, low, high, ratio) {
    if (this.options.filled) {
      context.beginPath();
      points.forEach((point, index) => context[index ? "lineTo" : "moveTo"](point.x, point.ys[high]));
      [...points].reverse().forEach((point) => context.lineTo(point.x, point.ys[low]));
      context.closePath();
      context.globalAlpha = 0.22;
      context.fillStyle = this.options.color;
      context.fill();
      context.globalAlpha = 1;
    } else {
      this.line(context, points, low, ratio);
      this.line(context, points, high, ratio);
    }
  }

  line(context, points, level, ratio) {
    context.beginPath();
    context.setLineDash(this.options.filled && level === 3 ? [] : [5 * ratio, 4 * ratio]);
    context.lineWidth = (level === 3 ? 1.6 : 1.2) * ratio;
    context.strokeStyle = this.options.color;
    points.forEach((point, index) => context[index ? "lineTo" : "moveTo"](point.x, point.ys[level]));
    context.stroke();
  }
}

export class FanSeries {
  constructor() { this.fan = new FanRenderer(); }
  renderer() { return this.fan; }
  update(data, options) { this.fan.update(data, options); }
  priceValueBuilder(item) { return [item.levels[0], item.levels[6], item.levels[3]]; }
  isWhitespace(item) { return item.levels === undefined; }
  defaultOptions() { return { color: "#2f6fd0", filled: true, lastValueVisible: false, priceLineVisible: false }; }
}

// Between the forecast horizons the intervals widen with the square root of time, as a random walk's do.
export function fanItems(origin, close, sessions, horizons) {
  const anchors = [{ at: 0, levels: Array(7).fill(0) }, ...horizons.map((h) => ({ at: h.horizon, levels: h.logReturns }))];
  const items = [{ time: origin, levels: Array(7).fill(close) }];
  sessions.forEach((time, index) => {
    const step = index + 1;
    const right = anchors.findIndex((anchor) => anchor.at >= step);
    if (right < 1) return;
    const [a, b] = [anchors[right - 1], anchors[right]];
    const share = (Math.sqrt(step) - Math.sqrt(a.at)) / (Math.sqrt(b.at) - Math.sqrt(a.at));
    items.push({ time, levels: a.levels.map((value, level) => close * Math.exp(value + share * (b.levels[level] - value))) });
  });
  return items;
}
