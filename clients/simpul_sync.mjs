// A complete copy of what is published, kept with `/v1/sync`: for browsers (IndexedDB) and for Node, with a store of yours.
//
//   import { refresh, IndexedDBStore } from "./simpul_sync.mjs";
//   const store = await IndexedDBStore.open("simpul");
//   await refresh(store, { base: "https://simpul.example", key: "smp_...", filters: { channel: "dishub" } });
//   await store.item("post", id);
//
// A store has two functions; everything else about it is yours:
//
//   state()                    what `apply` stored last: {filters, next, etag, generation, isWhole}, or null
//   apply(asked, lines, state) in ONE transaction: false if what is stored is not the address `asked` any more (another tab was faster; null: begin);
//                              else change the items by the lines, remove those of a generation below `state.generation` when `state.isWhole`,
//                              store the state, and return true
//
// The rule is told at the top of simpul_sync.py: the state is stored with the lines, everything may come twice, 410 begins a new generation.

const PAGE = 200, ATTEMPTS = 6, LONGEST_WAIT = 300_000;

/** The API will not answer this however often it is asked (a wrong key or filter): somebody has to look at it. */
export class Refused extends Error {}

/** No answer after several attempts. The copy stays as it is, and goes on from there the next time. */
export class NoAnswer extends Error {}

/**
 * Take over everything that there is to tell now. Returns the number of lines. `page` is the number of lines for one transaction, `sleep` waits
 * for milliseconds. Throws `Refused` and `NoAnswer`.
 */
export async function refresh(store, { base, key, filters = {}, page = PAGE, sleep = wait }) {
  const asked = new URLSearchParams(Object.entries(filters).sort()).toString();
  let lines = 0;
  for (;;) {
    let state = await store.state();
    if (state === null || state.filters !== asked) {
      const query = new URLSearchParams(asked);
      query.set("limit", page);
      const begun = { filters: asked, next: `/v1/sync?${query}`, etag: null, generation: (state?.generation ?? 0) + 1, isWhole: false };
      if (!(await store.apply(state?.next ?? null, [], begun))) continue;
      state = begun;
    }
    const { status, etag, body } = await ask(base, key, state, sleep);
    if (status === 304) return lines;
    if (status === 410 || (status === 400 && body.code === "invalid_position")) {
      // The data was restored, or the key sees something else: from the beginning, with the same filters.
      await beginAnew(store);
      continue;
    }
    if (status !== 200) {
      const faults = (body.errors ?? []).map(each => `\n  ${each.parameter ?? ""}: ${each.detail}`);
      throw new Refused(`${status} ${body.detail ?? ""}${faults.join("")}`);
    }
    const { next } = body.links;
    // The tag belongs to the address that was asked.
    const following = { ...state, next, etag: next === state.next ? etag : null, isWhole: state.isWhole || body.meta.complete };
    if (!(await store.apply(state.next, body.data, following))) continue;
    lines += body.data.length;
    if (body.meta.complete) return lines;
  }
}

/**
 * Whether the copy is what the server has: true, false, or null while that has gone on meanwhile. `store.digests()` gives `[type, id, digest]` of each item. Where it
 * is false twice, `beginAnew`.
 */
export async function isExact(store, { base, key, sleep = wait, ...rest }) {
  await refresh(store, { base, key, sleep, ...rest });
  const position = new URL((await store.state()).next, base).searchParams.get("position");
  const { status, body } = await ask(base, key, { next: `/v1/sync/checksum?${new URLSearchParams({ position })}`, etag: null }, sleep);
  if (status !== 200 || !body.meta.complete) return null;
  const found = new Map();
  for (const [type, id, digest] of await store.digests()) {
    const hashed = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${id}:${digest}`)));
    const [count, mixed] = found.get(type) ?? [0, new Uint8Array(32)];
    found.set(type, [count + 1, mixed.map((byte, place) => byte ^ hashed[place])]);
  }
  const hex = bytes => [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
  const isSame = ({ type, count, hash }) => (found.get(type)?.[0] ?? 0) === count && hex(found.get(type)?.[1] ?? new Uint8Array(32)) === hash;
  return body.data.every(isSame) && [...found.keys()].every(type => body.data.some(row => row.type === type));
}

/** Ask for everything again at the next refresh; what is here stays until then. */
export async function beginAnew(store) {
  const state = await store.state();
  if (state) await store.apply(state.next, [], { ...state, filters: null, etag: null, isWhole: false });
}

/** An answer that is one: 200, 304, or a problem of the API. Of an absolute address only path and query count, so the key goes to one server. */
async function ask(base, key, { next, etag }, sleep) {
  const { pathname, search } = new URL(next, base);
  for (let attempt = 0; ; attempt++) {
    let status = 0, asked = NaN;
    try {
      const answer = await fetch(new URL(base).origin + pathname + search, {
        headers: { Authorization: `Bearer ${key}`, ...(etag ? { "If-None-Match": etag } : {}) },
        cache: "no-store", redirect: "error", credentials: "omit", signal: AbortSignal.timeout(60_000),
      });
      status = answer.status;
      asked = Number(answer.headers.get("Retry-After") ?? NaN);
      const body = status === 304 ? null : await answer.json();
      if (status < 500 && ![408, 429].includes(status)) return { status, etag: answer.headers.get("ETag"), body };
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError || error.name === "TimeoutError") status = 0; // no answer, half of one, or a proxy's page
      else throw error;
    }
    if (attempt === ATTEMPTS - 1) throw new NoAnswer(`${pathname}: ${status || "no answer"}`);
    const milliseconds = 1000 * (Number.isFinite(asked) ? asked : 2 ** attempt);
    await sleep(Math.min(LONGEST_WAIT, milliseconds) * (1 + Math.random() / 2));
  }
}

const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));

/** What a line does to a copy: `keep` it under its key, or remove it and perhaps keep the reason for visitors of its old address. */
export function effect(line, generation) {
  const key = [line.type, line.id];
  if (line.op === "upsert") return { key, keep: { key, slug: line.item.slug ?? null, digest: line.digest, generation, item: line.item }, gone: null };
  const hasReason = line.op === "delete" && line.reason !== null;
  const { agency, slugs, explanation, to } = line;
  return { key, keep: null, gone: hasReason ? { key, agency, slugs, explanation, to, generation } : null };
}

/** The copy in IndexedDB, which all tabs of an origin share. */
export class IndexedDBStore {
  #db;

  constructor(db) { this.#db = db; }

  static open(name) {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const table of ["items", "gone"]) request.result.createObjectStore(table, { keyPath: "key" }).createIndex("generation", "generation");
      request.result.createObjectStore("state");
    };
    return done(request).then(db => new IndexedDBStore(db));
  }

  async state() {
    return (await done(this.#db.transaction("state").objectStore("state").get("state"))) ?? null;
  }

  apply(asked, lines, state) {
    // Strict: the browser says that it is stored when it is on the disk.
    const transaction = this.#db.transaction(["state", "items", "gone"], "readwrite", { durability: "strict" });
    const [items, gone] = ["items", "gone"].map(name => transaction.objectStore(name));
    let isMine = true;
    const present = transaction.objectStore("state").get("state");
    present.onsuccess = () => {
      isMine = (present.result?.next ?? null) === asked;
      if (!isMine) return;
      for (const line of lines) {
        const told = effect(line, state.generation);
        if (told.keep) items.put(told.keep); else items.delete(told.key);
        if (told.gone) gone.put(told.gone); else gone.delete(told.key);
      }
      if (state.isWhole && !present.result?.isWhole) for (const table of [items, gone]) removeOlder(table, state.generation);
      transaction.objectStore("state").put(state, "state");
    };
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(isMine);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  /** An item as its detail has it; of content that is `withdrawn` show the notice above it. */
  async item(type, id) {
    return (await done(this.#db.transaction("items").objectStore("items").get([type, id])))?.item ?? null;
  }

  async digests() {
    const kept = await done(this.#db.transaction("items").objectStore("items").getAll());
    return kept.map(({ key: [type, id], digest }) => [type, id, digest]);
  }

  async all() {
    return (await done(this.#db.transaction("items").objectStore("items").getAll())).map(each => each.item);
  }

  /** What visitors of an address of something that was taken back are told, or null. */
  async whyGone(type, agency, slug) {
    const kept = await done(this.#db.transaction("gone").objectStore("gone").getAll());
    return kept.find(each => each.key[0] === type && each.agency === agency && each.slugs.includes(slug)) ?? null;
  }
}

function removeOlder(table, generation) {
  const found = table.index("generation").openCursor(IDBKeyRange.upperBound(generation, true));
  found.onsuccess = () => { if (found.result) { found.result.delete(); found.result.continue(); } };
}

const done = request => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
