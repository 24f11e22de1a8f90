// An editor's script with openapi-fetch and the types of /openapi.json: sign in, write, change, publish, take back.
import createClient from "openapi-fetch";
import type { paths } from "./whole.js";

const baseUrl = process.env["SIMPUL_API"] ?? "";
const agency = process.env["SIMPUL_AGENCY"] ?? "";
const door = createClient<paths>({ baseUrl });
const signedIn = await door.POST("/manage/v1/auth/login", {
  body: { email: process.env["SIMPUL_EMAIL"] ?? "", password: process.env["SIMPUL_PASSWORD"] ?? "" },
});
if (signedIn.error) throw new Error(signedIn.error.detail);
const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${signedIn.data.access_token}` } });

const made = await api.POST("/manage/v1/posts", {
  params: { header: { "Idempotency-Key": crypto.randomUUID() } },
  body: { agency, kind: "pengumuman", title: "Jadwal pelayanan", body: "Kantor buka **setiap hari**.", tags: ["pelayanan"] },
});
if (made.error) throw new Error(made.error.errors?.map((each) => `${each.pointer}: ${each.detail}`).join() ?? made.error.detail);
const { id, state, allowed_actions } = made.data.data;
console.log(state, allowed_actions.includes("publish"));

const path = { item_id: id };
const changed = await api.PATCH("/manage/v1/posts/{item_id}", {
  params: { path, header: { "If-Match": made.response.headers.get("ETag") ?? "" } },
  body: { summary: "Kantor buka setiap hari." },
});
console.log(changed.data?.data.summary, changed.data?.data.edition);

const stale = await api.POST("/manage/v1/posts/{item_id}/publish", {
  params: { path, header: { "If-Match": '"v0"' } },
  body: {},
});
console.log(stale.error?.code, stale.error?.current_etag === changed.response.headers.get("ETag"));

const published = await api.POST("/manage/v1/posts/{item_id}/publish", {
  params: { path, header: { "If-Match": stale.error?.current_etag ?? "" } },
  body: {},
});
if (published.error) throw new Error(published.error.detail);
console.log(published.data.data.state, published.data.data.published_at !== null);

const mine = await api.GET("/manage/v1/posts", { params: { query: { state: ["published"], agency: [agency], limit: 5 } } });
console.log(mine.data?.data.some((row) => row.id === id));
