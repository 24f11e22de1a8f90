// Keeps a copy with clients/simpul_sync.mjs in a store of its own: one JSON file, written beside and renamed. Its arguments: the folder, then filters.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { beginAnew, effect, isExact, refresh } from "../../clients/simpul_sync.mjs";

const [folder, ...filters] = process.argv.slice(2);
const file = `${folder}/copy.json`;
const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { state: null, items: {}, gone: {} });
const store = {
  state: async () => read().state,
  digests: async () => Object.values(read().items).map(({ key: [type, id], digest }) => [type, id, digest]),
  async apply(asked, lines, state) {
    const copy = read();
    if ((copy.state?.next ?? null) !== asked) return false;
    for (const line of lines) {
      const { key, keep, gone } = effect(line, state.generation);
      delete copy.items[key];
      delete copy.gone[key];
      if (keep) copy.items[key] = keep;
      if (gone) copy.gone[key] = gone;
    }
    if (state.isWhole) for (const table of [copy.items, copy.gone]) for (const key in table) if (table[key].generation < state.generation) delete table[key];
    copy.state = state;
    writeFileSync(`${file}.new`, JSON.stringify(copy));
    renameSync(`${file}.new`, file);
    return true;
  },
};
const settings = { base: process.env.SIMPUL_API, key: process.env.SIMPUL_KEY, filters: Object.fromEntries(filters.map(each => each.split("="))), page: 3 };
await refresh(store, settings);
if (process.env.SIMPUL_CHECK && (await isExact(store, settings)) === false && (await isExact(store, settings)) === false) {
  await beginAnew(store);
  await refresh(store, settings);
}
