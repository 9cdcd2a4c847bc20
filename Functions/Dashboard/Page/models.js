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

export function drawModels(models, results) {
  const champion = models.slots.find((slot) => slot.role === "champion");
  $("who").hidden = !champion;
  if (!champion) return;
  const began = models.promotions.find((p, i) => p.kind !== models.promotions[i + 1]?.kind) ?? models.promotions[0];
  $("champion").textContent = `Champion: ${champion.kind}, since ${day(began.decided_as_of)}: ${began.reason}${figures(began.evidence)}. `
    + `The fit of ${day(champion.fitted_as_of)} serves.`;
  $("model-rows").replaceChildren(...models.slots.filter((slot) => slot.role !== "baseline").flatMap((slot) =>
    [1, 5, 20].map((horizon, index) => {
      const row = document.createElement("tr");
      const head = Object.assign(document.createElement("th"), { scope: "row", textContent: slot.kind });
      if (index) head.className = "again";
      const score = record(results, slot.kind, horizon);
      const factor = slot.spread_factors[horizon];
      row.append(
        head,
        cell("Part", slot.role),
        cell("Horizon", horizon === 1 ? "1 session" : `${horizon} sessions`),
        cell("80 % ranges that held", score ? percent(score.held) : "–", score ? `of ${score.count}` : ""),
        cell("before calibration", score ? percent(score.raw) : "–"),
        cell("Skill", score ? signed(score.skill) : "–"),
        cell("Ranges now ×", factor === undefined ? "1.00" : factor.toFixed(2)));
      return row;
    })));
  const looks = models.evaluations.map((look) => ({
    at: look.as_of,
    text: look.subject === "training" ? `${look.kind}: a training failed: ${look.evidence?.reason}`
      : `${look.kind} was reviewed and ${look.verdict}${look.evidence?.reasons?.length ? `: ${look.evidence.reasons.join("; ")}` : ""}${figures(look.evidence)}`,
  }));
  const changes = models.promotions.map((p) => ({ at: p.decided_as_of, text: `${p.model} is the champion: ${p.reason}${figures(p.evidence)}` }));
  const all = [...looks, ...changes].sort((a, b) => (a.at < b.at ? 1 : -1));
  $("decisions").replaceChildren(...items(all.map((entry) => `${day(entry.at)} ${entry.text}`)));
}
