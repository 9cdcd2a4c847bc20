// The API behind the page. The key stays in this browser: it arrives in the address's fragment, which no server sees.
const STORED = "bellwether-key";

export class Problem extends Error {
  constructor(status, document) {
    super(document.detail || document.title || `The server responded ${status}.`);
    this.status = status;
  }
}

export function takeKeyFromAddress() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (!key) return;
  sessionStorage.setItem(STORED, key);
  history.replaceState(null, "", location.pathname + location.search);
}

export const hasKey = () => Boolean(sessionStorage.getItem(STORED));
export const useKey = (key) => sessionStorage.setItem(STORED, key);
export const forgetKey = () => sessionStorage.removeItem(STORED);

export async function get(path) {
  const response = await fetch(path, { headers: { "x-api-key": sessionStorage.getItem(STORED) ?? "" } });
  const text = await response.text();
  let document;
  try { document = JSON.parse(text); } catch { document = { detail: `The server responded ${response.status} without JSON.` }; }
  if (!response.ok) throw new Problem(response.status, document);
  return document;
}
