// A symbol's stored and missing sessions, and the rows that violate a rule, with the reason of each.
import { get } from "./api.js";

const $ = (id) => document.getElementById(id);
const LIMIT = 100;

function cell(label, text) {
  const td = document.createElement("td");
  td.dataset.label = label;
  td.append(Object.assign(document.createElement("span"), { textContent: text }));
  return td;
}

function tableRow(row) {
  const tr = document.createElement("tr");
  const head = Object.assign(document.createElement("th"), { scope: "row", textContent: row.session ?? "no date" });
  tr.append(head, cell("Rule", row.rule), cell("Disposition", row.disposition), cell("Violation", row.detail),
    cell("Row as received", row.repairs ? `${row.row}; repaired: ${row.repairs}` : row.row || "–"),
    cell("Provider", row.provider), cell("Known since", row.known_at.slice(0, 10)));
  return tr;
}

// Draws unless another symbol was chosen meanwhile. Errors are shown here, so that the forecast stays.
export async function drawData(symbol, isCurrent) {
  showSummary("loading");
  try {
    const responses = await request(symbol);
    if (isCurrent()) draw(...responses);
  } catch (error) {
    if (isCurrent()) showSummary("not available", error.message);
  }
}

function showSummary(summary, state = "") {
  $("data-summary").textContent = summary;
  $("data-state").textContent = state;
  $("quarantine").hidden = true;
}

function request(symbol) {
  const name = encodeURIComponent(symbol);
  return Promise.all([get(`/v1/data/status?symbol=${name}`), get(`/v1/data/quarantine?symbol=${name}&limit=${LIMIT}`)]);
}

function draw(status, quarantine) {
  const entry = status.symbols[0];
  const missing = entry.missing === 0 ? "none missing" : `${entry.missing} missing`;
  $("data-summary").textContent = `${entry.sessions} sessions, ${missing}, ${entry.quarantined} ${entry.quarantined === 1 ? "row" : "rows"} quarantined, ${entry.repaired} repaired`;
  const sentences = [`From ${entry.first ?? "–"} to ${entry.last ?? "–"}, from ${entry.providers.join(" and ") || "no provider yet"}.`];
  if (entry.delisted) sentences.push(`Delisted; its last session was ${entry.delisted}.`);
  else if (entry.sessions_behind > 0) sentences.push(`${entry.sessions_behind} sessions have closed since.`);
  if (entry.provisional > 0) sentences.push(`${entry.provisional} sessions have not closed and do not count yet.`);
  if (entry.missing > 0) sentences.push(`Missing: ${entry.gaps.slice(0, 8).join(", ")}${entry.missing > 8 ? " …" : ""}.`);
  if (quarantine.rows.length === LIMIT) sentences.push(`The latest ${LIMIT} violations:`);
  $("data-state").textContent = sentences.join(" ");
  $("quarantine").hidden = quarantine.rows.length === 0;
  $("quarantine-rows").replaceChildren(...quarantine.rows.map(tableRow));
}
