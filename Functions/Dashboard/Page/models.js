// The champion with its promotion, and every model family's performance.
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

// A family's performance over all the roles that it has had.
function performance(results, family, horizon) {
  const rows = results.filter((row) => row.family === family && row.horizon === horizon);
  const count = rows.reduce((sum, row) => sum + row.forecasts, 0);
  const mean = (name) => rows.reduce((sum, row) => sum + row.forecasts * row[name], 0) / count;
  return count ? { count, coverage: mean("coverage_80"), uncalibrated: mean("uncalibrated_coverage_80"), skill: mean("pinball_skill") } : null;
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
const HEADS = ["Horizon", "Coverage of the 80 % interval", "Before calibration", "Skill", "Calibration factor"];

// A family's performance at each horizon.
function horizonTable(member, results) {
  const rows = HORIZONS.map((horizon) => {
    const score = performance(results, member.family, horizon);
    const factor = member.calibration_factors[horizon];
    return make("tr", {},
      make("th", { scope: "row", textContent: horizon === 1 ? "1 session" : `${horizon} sessions` }),
      cell(HEADS[1], score ? percent(score.coverage) : "–", score ? `of ${score.count}` : ""),
      cell(HEADS[2], score ? percent(score.uncalibrated) : "–"),
      cell(HEADS[3], score ? signed(score.skill) : "–"),
      cell(HEADS[4], factor === undefined ? "1.00" : factor.toFixed(2)));
  });
  const heads = make("tr", {}, ...HEADS.map((name) => make("th", { scope: "col", textContent: name })));
  return make("div", { className: "table" }, make("table", {}, make("thead", {}, heads), make("tbody", {}, ...rows)));
}

// One line of a family that opens to its performance, its other versions, and the members that it combines.
function familyDetails(member, models, results, parts, isOpen) {
  const scores = HORIZONS.map((horizon) => performance(results, member.family, horizon));
  const skill = scores.some(Boolean) ? `skill ${scores.map((score) => (score ? signed(score.skill) : "–")).join(" / ")}` : "no matured forecast yet";
  const line = make("summary", {},
    make("strong", { textContent: member.family }), make("span", { className: "role", textContent: member.role }), make("span", { className: "skill", textContent: skill }));
  const others = models.versions.filter((version) => version.family === member.family && version.id !== member.version);
  const current = make("p", { className: "note", textContent: `The version of ${day(member.trained_as_of)} serves.` });
  const details = make("details", { className: "family", open: isOpen(member) }, line, horizonTable(member, results), current);
  if (others.length) {
    details.append(make("details", {},
      make("summary", { textContent: others.length === 1 ? "1 other version" : `${others.length} other versions` }),
      make("ul", { className: "versions" }, ...items(others.map((version) => `${day(version.as_of)} ${version.id}`)))));
  }
  if (parts.length) details.append(make("p", { className: "note", textContent: "Members:" }), ...parts.map((part) => familyDetails(part, models, results, [], isOpen)));
  return details;
}

// The champion, the challengers and the fallback; the ensemble's members stand under it.
function drawFamilies(models, results) {
  const shown = models.families.filter((member) => member.role !== "baseline");
  const ensemble = shown.find((member) => member.family === "ensemble");
  const ids = models.versions.find((version) => version.id === ensemble?.version)?.configuration?.members ?? [];
  const members = new Set(models.versions.filter((version) => ids.includes(version.id)).map((version) => version.family));
  const parts = shown.filter((member) => member.role !== "champion" && members.has(member.family));
  const order = ["champion", "challenger", "fallback"];
  const first = shown.filter((member) => !parts.includes(member))
    .sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role) || (a !== ensemble) - (b !== ensemble));
  const isFirst = !$("families").children.length;
  const open = new Set([...$("families").querySelectorAll("details[open] > summary > strong")].map((name) => name.textContent));
  $("families").replaceChildren(...first.map((member) =>
    familyDetails(member, models, results, member === ensemble ? parts : [],
      (one) => (isFirst ? one.role === "champion" : open.has(one.family)))));
}

export function drawModels(models, results) {
  const champion = models.families.find((member) => member.role === "champion");
  $("models").hidden = !champion;
  if (!champion) return;
  const promoted = models.promotions.find((p, i) => p.family !== models.promotions[i + 1]?.family) ?? models.promotions[0];
  $("champion").textContent = `Champion: ${champion.family}, since ${day(promoted.decided_as_of)}: ${promoted.reason}${figures(promoted.evidence)}. `
    + "Skill is for 1 / 5 / 20 sessions.";
  drawFamilies(models, results);
  const reviews = models.evaluations.map((review) => ({
    at: review.as_of,
    text: review.subject === "training" ? `${review.family}: a training failed: ${review.evidence?.reason}`
      : `${review.family} was reviewed and ${review.decision.replace("_", " ")}${review.evidence?.reasons?.length ? `: ${review.evidence.reasons.join("; ")}` : ""}${figures(review.evidence)}`,
  }));
  const promotions = models.promotions.map((p) => ({ at: p.decided_as_of, text: `${p.version} became the champion: ${p.reason}${figures(p.evidence)}` }));
  const all = [...reviews, ...promotions].sort((a, b) => (a.at < b.at ? 1 : -1));
  $("decisions").replaceChildren(...items(all.map((entry) => `${day(entry.at)} ${entry.text}`)));
}
