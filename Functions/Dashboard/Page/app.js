import { Problem, forgetKey, get, hasKey, takeKeyFromAddress, useKey } from "./api.js";
import { drawData } from "./data.js";
import { FanSeries, fanItems } from "./fan.js";
import { cell, drawModels } from "./models.js";
import { priceFormat, priceScale, writeClose } from "./prices.js";

const $ = (id) => document.getElementById(id);
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const percent = (value, digits = 1) => `${value > 0 ? "+" : ""}${(100 * value).toFixed(digits)} %`;
let chart;
// Counts the requests: a response to an earlier one is not drawn.
let requested = 0;

function drawChart(bars, forecast, fans) {
  chart?.remove();
  chart = LightweightCharts.createChart($("chart"), {
    autoSize: true,
    layout: { background: { color: css("--ground") }, textColor: css("--ink"), attributionLogo: true },
    grid: { vertLines: { color: css("--line") }, horzLines: { color: css("--line") } },
    rightPriceScale: { borderColor: css("--line") },
    timeScale: { borderColor: css("--line"), rightOffset: 2 },
  });
  const candles = chart.addSeries(LightweightCharts.CandlestickSeries, {
    upColor: "#2e9d6b", wickUpColor: "#2e9d6b", downColor: "#c8463a", wickDownColor: "#c8463a", borderVisible: false,
  });
  const { unit, format } = priceScale(forecast.close);
  candles.setData(bars.filter((bar) => bar.high / unit < 9e13)
    .map((bar) => ({ time: bar.session, open: bar.open / unit, high: bar.high / unit, low: bar.low / unit, close: bar.close / unit })));
  const walk = chart.addCustomSeries(new FanSeries(), { color: css("--walk"), filled: false, lastValueVisible: false, priceLineVisible: false });
  const model = chart.addCustomSeries(new FanSeries(), { color: css("--model"), filled: true, lastValueVisible: false, priceLineVisible: false });
  for (const series of [candles, walk, model]) series.applyOptions({ priceFormat: format });
  const fan = (pick) => fanItems(forecast.session, forecast.close / unit, forecast.expected_sessions,
    fans.map((f) => ({ horizon: f.horizon, logReturns: pick(f).map((q) => q.log_return) })));
  walk.setData(fan((f) => f.random_walk));
  model.setData(fan((f) => f.quantiles));
  const shown = Math.min(bars.length, $("chart").clientWidth < 520 ? 45 : 110);
  chart.timeScale().setVisibleLogicalRange({ from: bars.length - shown, to: bars.length + forecast.expected_sessions.length + 1 });
}

function drawTable(fans, close) {
  const price = priceFormat(close);
  const interval = (quantiles) => `${price.format(quantiles[1].price)} – ${price.format(quantiles[5].price)}`;
  $("rows").replaceChildren(...fans.map((fan) => {
    const row = document.createElement("tr");
    const head = Object.assign(document.createElement("th"), { scope: "row" });
    head.textContent = fan.horizon === 1 ? "1 session" : `${fan.horizon} sessions`;
    const coverage = fan.evidence?.forecasts ? `${(100 * fan.evidence.coverage_80).toFixed(0)} %` : "–";
    row.append(
      head,
      cell("80 % interval", interval(fan.quantiles)),
      cell("Random walk's 80 %", interval(fan.random_walk)),
      cell("Median", price.format(fan.quantiles[3].price), percent(Math.exp(fan.quantiles[3].log_return) - 1)),
      cell("P(return < 0)", `${(100 * fan.probability_of_loss).toFixed(0)} %`),
      cell("Coverage", coverage, fan.evidence?.forecasts ? `of ${fan.evidence.forecasts}` : ""),
      cell("Skill", fan.evidence?.forecasts ? percent(fan.evidence.pinball_skill) : "–"));
    return row;
  }));
}

function drawLineage(forecast, entry) {
  const lineage = {
    "Origin session": forecast.session, "Published as of": entry.as_of, "Model": `${entry.model.family} (${entry.model.id})`, "Role": entry.role,
    "Trained as of": entry.model.as_of, "Feature version": entry.feature_version, "Data version": entry.data_version, "Random walk": entry.baseline_model,
    "Calibration factors": entry.forecasts.map((f) => `${f.calibration_factor.toFixed(2)} (${f.horizon})`).join(", "),
  };
  $("lineage").replaceChildren(...Object.entries(lineage).flatMap(([name, value]) => [
    Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value }),
  ]));
}

// The groups of features that widen or narrow the five-session interval most.
function drawExplanation(explanation) {
  $("explanation").hidden = !explanation;
  if (!explanation) return;
  const parts = explanation.groups.map((g) => ({ name: g.group, change: g.horizons.find((h) => h.horizon === 5)?.width_change ?? 0 })).filter((g) => Math.abs(g.change) >= 0.005)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change)).slice(0, 3)
    .map((g) => `${(100 * Math.abs(g.change)).toFixed(0)} % ${g.change > 0 ? "wider" : "narrower"} by ${g.name}`);
  $("explanation").textContent = `What moves this forecast: ${explanation.summary}.`
    + (parts.length ? ` Compared with usual values of its features, the 5-session interval is ${parts.join(", ")}.` : "");
}

function fail(error) {
  if (error instanceof Problem && (error.status === 401 || error.status === 403)) {
    forgetKey();
    $("view").hidden = true;
    $("login").hidden = false;
  }
  $("problem").textContent = error.message;
  $("problem").hidden = false;
}

async function show(symbol) {
  const number = ++requested;
  const isCurrent = () => number === requested;
  try {
    const path = encodeURIComponent(symbol);
    const [bars, forecast, models, evaluation] = await Promise.all([
      get(`/v1/bars/${path}?limit=260`), get(`/v1/forecasts/${path}?include=challenger&explain=true`), get("/v1/models"), get("/v1/evaluation")]);
    if (!isCurrent()) return;
    const family = $("model").value;
    $("model").replaceChildren(...forecast.entries.map((e) => new Option(`${e.model.family} (${e.role})`, e.model.family, false, e.model.family === family)));
    $("model").disabled = false;
    const entry = forecast.entries.find((e) => e.model.family === $("model").value) ?? forecast.entries[0];
    $("problem").hidden = true;
    $("view").hidden = false;
    $("title").textContent = forecast.name === symbol ? symbol : `${forecast.name} (${symbol})`;
    $("origin").textContent = `Close ${writeClose(forecast.close)} ${forecast.currency} on ${forecast.session}`;
    $("legend-model").textContent = `${entry.model.family}, ${entry.role}`;
    drawChart(bars.bars, forecast, entry.forecasts);
    drawTable(entry.forecasts, forecast.close);
    drawExplanation(entry.explanation);
    drawLineage(forecast, entry);
    drawModels(models, evaluation.results);
  } catch (error) {
    if (!isCurrent()) return;
    $("view").hidden = true;
    return fail(error);
  }
  await drawData(symbol, isCurrent);
}

async function start() {
  $("login").hidden = hasKey();
  if (!hasKey()) return;
  try {
    const { symbols } = await get("/v1/symbols");
    const wanted = new URLSearchParams(location.search).get("symbol");
    $("symbol").replaceChildren(...symbols.map((s) => new Option(s.symbol, s.symbol, false, s.symbol === wanted)));
    $("symbol").disabled = symbols.length === 0;
    if (symbols.length === 0) throw new Error("No instruments yet: run an Ingest first, for example with `Runtime/bellwether demo`.");
    await show($("symbol").value);
  } catch (error) { fail(error); }
}

$("choice").addEventListener("change", () => show($("symbol").value));
$("choice").addEventListener("submit", (event) => event.preventDefault());
$("key-form").addEventListener("submit", (event) => { event.preventDefault(); useKey($("key").value.trim()); start(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (!$("view").hidden) show($("symbol").value); });
takeKeyFromAddress();
start();
