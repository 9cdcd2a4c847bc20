// How fresh and how whole a symbol's data is, and the rows that were held back, mended or noted, with the reason of each.
import { get } from "./api.js";

const $ = (id) => document.getElementById(id);
const LIMIT = 100;
const DISPOSITIONS = { quarantined: "quarantined", repaired: "repaired", accepted: "accepted" };

function cell(label, text) {
  const td = document.createElement("td");
  td.dataset.label = label;
  td.append(Object.assign(document.createElement("span"), { textContent: text }));
  return td;
}

function line(row) {
  const tr = document.createElement("tr");
  const head = Object.assign(document.createElement("th"), { scope: "row", textContent: row.session ?? "no date" });
  tr.append(head, cell("Rule", row.rule), cell("Disposition", DISPOSITIONS[row.disposition] ?? row.disposition), cell("What was seen", row.detail),
    cell("The row as it came", row.repairs ? `${row.row}; repaired: ${row.repairs}` : row.row || "–"),
    cell("Provider", row.provider), cell("Known since", row.known_at.slice(0, 10)));
  return tr;
}

// Draws unless, by the time the answers are there, another symbol is `isCurrent`. What goes wrong is said here: the forecast stays.
export async function drawData(symbol, isCurrent) {
  say("being looked at");
  try {
    const answers = await ask(symbol);
    if (isCurrent()) draw(...answers);
  } catch (error) {
    if (isCurrent()) say("not known", error.message);
  }
}

function say(summary, state = "") {
  $("held-summary").textContent = summary;
  $("held-state").textContent = state;
  $("held-table").hidden = true;
}

function ask(symbol) {
  const name = encodeURIComponent(symbol);
  return Promise.all([get(`/v1/data/status?symbol=${name}`), get(`/v1/data/quarantine?symbol=${name}&limit=${LIMIT}`)]);
}

function draw(status, held) {
  const entry = status.symbols[0];
  const missing = entry.missing === 0 ? "none missing" : `${entry.missing} missing`;
  $("held-summary").textContent = `${entry.sessions} sessions, ${missing}, ${entry.quarantined} ${entry.quarantined === 1 ? "row" : "rows"} held back, ${entry.repaired} mended`;
  const facts = [`From ${entry.first ?? "–"} to ${entry.last ?? "–"}, by ${entry.providers.join(" and ") || "nobody yet"}.`];
  if (entry.delisted) facts.push(`Delisted; its last session was ${entry.delisted}.`);
  else if (entry.sessions_behind > 0) facts.push(`${entry.sessions_behind} sessions have closed since.`);
  if (entry.provisional > 0) facts.push(`${entry.provisional} sessions are not over and do not count yet.`);
  if (entry.missing > 0) facts.push(`Missing: ${entry.gaps.slice(0, 8).join(", ")}${entry.missing > 8 ? " …" : ""}.`);
  if (held.rows.length === LIMIT) facts.push(`The latest ${LIMIT} of the findings:`);
  $("held-state").textContent = facts.join(" ");
  $("held-table").hidden = held.rows.length === 0;
  $("held-rows").replaceChildren(...held.rows.map(line));
}
