// Who is the champion, since when and why, and how well each kind's ranges hold.
const $ = (id) => document.getElementById(id);
const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const signed = (share) => `${share > 0 ? "+" : ""}${percent(share)}`;
const day = (instant) => instant.slice(0, 10);

export function cell(label, text, small) {
  const td = document.createElement("td");
  td.dataset.label = label;
  const span = document.createElement("span");
  span.textContent = text;
  if (small) span.append(Object.assign(document.createElement("small"), { textContent: ` ${small}` }));
  td.append(span);
  return td;
}

// A kind's record over all the parts that it has played.
function record(results, kind, horizon) {
  const rows = results.filter((row) => row.model === kind && row.horizon === horizon);
  const count = rows.reduce((sum, row) => sum + row.forecasts, 0);
  const mean = (name) => rows.reduce((sum, row) => sum + row.forecasts * row[name], 0) / count;
  return count ? { count, held: mean("coverage_80"), raw: mean("raw_coverage_80"), skill: mean("pinball_skill") } : null;
}

function figures(evidence) {
  if (!evidence?.origins) return "";
  const t = evidence.t === undefined ? "" : `, t ${evidence.t.toFixed(2)}`;
  return ` (${evidence.origins} origins from ${evidence.from} to ${evidence.to}${t})`;
}

const items = (list) => list.map((text) => Object.assign(document.createElement("li"), { textContent: text }));

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const HORIZONS = [1, 5, 20];
const HEADS = ["Horizon", "80 % ranges that held", "before calibration", "Skill", "Ranges now ×"];

// What a kind did at each horizon.
function horizons(slot, results) {
  const rows = HORIZONS.map((horizon) => {
    const score = record(results, slot.kind, horizon);
    const factor = slot.spread_factors[horizon];
    return make("tr", {},
      make("th", { scope: "row", textContent: horizon === 1 ? "1 session" : `${horizon} sessions` }),
      cell(HEADS[1], score ? percent(score.held) : "–", score ? `of ${score.count}` : ""),
      cell(HEADS[2], score ? percent(score.raw) : "–"),
      cell(HEADS[3], score ? signed(score.skill) : "–"),
      cell(HEADS[4], factor === undefined ? "1.00" : factor.toFixed(2)));
  });
  const heads = make("tr", {}, ...HEADS.map((name) => make("th", { scope: "col", textContent: name })));
  return make("div", { className: "table" }, make("table", {}, make("thead", {}, heads), make("tbody", {}, ...rows)));
}

// One line of a kind that opens to its record, the fits before the one that serves, and what it is made of.
function kindOf(slot, models, results, parts, isOpen) {
  const scores = HORIZONS.map((horizon) => record(results, slot.kind, horizon));
  const skill = scores.some(Boolean) ? `skill ${scores.map((score) => (score ? signed(score.skill) : "–")).join(" / ")}` : "no forecast is over yet";
  const line = make("summary", {},
    make("strong", { textContent: slot.kind }), make("span", { className: "part", textContent: slot.role }), make("span", { className: "skill", textContent: skill }));
  const before = models.models.filter((model) => model.kind === slot.kind && model.id !== slot.model);
  const fits = make("p", { className: "note", textContent: `The fit of ${day(slot.fitted_as_of)} serves.` });
  const kind = make("details", { className: "kind", open: isOpen(slot) }, line, horizons(slot, results), fits);
  if (before.length) {
    kind.append(make("details", {},
      make("summary", { textContent: before.length === 1 ? "1 other fit" : `${before.length} other fits` }),
      make("ul", { className: "fits" }, ...items(before.map((model) => `${day(model.as_of)} ${model.id}`)))));
  }
  if (parts.length) kind.append(make("p", { className: "note", textContent: "Made of:" }), ...parts.map((part) => kindOf(part, models, results, [], isOpen)));
  return kind;
}

// The champion and its challengers; the kinds that the ensemble is made of stand under it.
function drawKinds(models, results) {
  const shown = models.slots.filter((slot) => slot.role !== "baseline");
  const whole = shown.find((slot) => slot.kind === "ensemble");
  const ids = models.models.find((model) => model.id === whole?.model)?.config?.members ?? [];
  const members = new Set(models.models.filter((model) => ids.includes(model.id)).map((model) => model.kind));
  const parts = shown.filter((slot) => slot.role !== "champion" && members.has(slot.kind));
  const order = ["champion", "challenger", "floor"];
  const first = shown.filter((slot) => !parts.includes(slot))
    .sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role) || (a !== whole) - (b !== whole));
  const isFirst = !$("kinds").children.length;
  const open = new Set([...$("kinds").querySelectorAll("details[open] > summary > strong")].map((name) => name.textContent));
  $("kinds").replaceChildren(...first.map((slot) =>
    kindOf(slot, models, results, slot === whole ? parts : [], (kind) => (isFirst ? kind.role === "champion" : open.has(kind.kind)))));
}

export function drawModels(models, results) {
  const champion = models.slots.find((slot) => slot.role === "champion");
  $("who").hidden = !champion;
  if (!champion) return;
  const began = models.promotions.find((p, i) => p.kind !== models.promotions[i + 1]?.kind) ?? models.promotions[0];
  $("champion").textContent = `Champion: ${champion.kind}, since ${day(began.decided_as_of)}: ${began.reason}${figures(began.evidence)}. `
    + "Skill is for 1 / 5 / 20 sessions.";
  drawKinds(models, results);
  const looks = models.evaluations.map((look) => ({
    at: look.as_of,
    text: look.subject === "training" ? `${look.kind}: a training failed: ${look.evidence?.reason}`
      : `${look.kind} was reviewed and ${look.verdict}${look.evidence?.reasons?.length ? `: ${look.evidence.reasons.join("; ")}` : ""}${figures(look.evidence)}`,
  }));
  const changes = models.promotions.map((p) => ({ at: p.decided_as_of, text: `${p.model} is the champion: ${p.reason}${figures(p.evidence)}` }));
  const all = [...looks, ...changes].sort((a, b) => (a.at < b.at ? 1 : -1));
  $("decisions").replaceChildren(...items(all.map((entry) => `${day(entry.at)} ${entry.text}`)));
}
