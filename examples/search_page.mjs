// A search page of thirty lines for a website. SIMPUL_API is the address of the API, SIMPUL_KEY the key of the website, SIMPUL_AGENCY the
// slug of one agency if only its items are to be found. To try it: `PORT=8001 node search_page.mjs`. The guide tells more ("Search").
import { createServer } from "node:http";

const { SIMPUL_API, SIMPUL_KEY, SIMPUL_AGENCY, PORT } = process.env;
const e = text => String(text ?? "").replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`);
const link = (asked, words) => `<p><a href="?${e(new URLSearchParams(asked))}">${e(words)}</a></p>`;

async function found(q, cursor) {
  const asked = new URLSearchParams({ q, ...(cursor && { cursor }), ...(SIMPUL_AGENCY && { agency: SIMPUL_AGENCY }) });
  const headers = { Authorization: `Bearer ${SIMPUL_KEY}`, "Accept-Language": "id" };
  const answer = await fetch(`${SIMPUL_API}/v1/search?${asked}`, { headers, signal: AbortSignal.timeout(5000) })
    .then(got => got.json()).catch(() => ({}));
  if (!answer.data) return `<p>${e(answer.detail ?? "Pencarian sedang terganggu.")}</p>`;
  // What is in `match` is HTML: everything in it is escaped but <mark>. All else is plain text.
  const hits = answer.data.map(hit => `<li><a href="${e(hit.canonical_url)}">${hit.match.title}</a> ${e(hit.agency.name)}<p>${hit.match.text}</p></li>`);
  const better = answer.meta.did_you_mean;
  const next = answer.links.next && new URL(answer.links.next, SIMPUL_API).searchParams.get("cursor");
  return `<p>${answer.meta.total.value} hasil</p><ol>${hits.join("")}</ol>`
    + (better ? link({ q: better }, `Maksud Anda: ${better}?`) : "") + (next ? link({ q, cursor: next }, "Berikutnya") : "");
}

createServer(async (request, response) => {
  const asked = new URL(request.url, "http://localhost").searchParams;
  const q = (asked.get("q") ?? "").trim();
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  response.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'");
  response.end(`<!doctype html><html lang="id"><meta charset="utf-8"><title>Cari</title><main><form role="search"><input name="q" type="search" value="${
    e(q)}" aria-label="Cari"><button>Cari</button></form>${q ? await found(q, asked.get("cursor")) : ""}</main></html>`);
}).listen(Number(PORT));
