// A website's own code, as one writes it with openapi-fetch and the types of /openapi-delivery.json: no casts, no `any`.
import createClient from "openapi-fetch";
import type { components, paths } from "./delivery.js";

type Card = components["schemas"]["DeliveredPostCard"];

const key = process.env["SIMPUL_KEY"] ?? "";
const api = createClient<paths>({
  baseUrl: process.env["SIMPUL_API"] ?? "",
  headers: { Authorization: `Bearer ${key}` },
});

function line(post: Card): string {
  const category = post.category === null ? "-" : typeof post.category === "string" ? post.category : post.category.name.id;
  return `${post.title.trim()} | ${post.agency.short_name} | ${category} | ${post.cover?.renditions.card.webp ?? "no picture"}`;
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no ${what}`);
  return value;
}

// 1. a page of cards, filtered by lists
const first = await api.GET("/v1/posts", { params: { query: { limit: 2, kind: ["berita", "pengumuman"], sort: "-published_at" } } });
if (first.error) throw new Error(first.error.detail);
first.data.data.forEach((post) => console.log(line(post)));

// 2. the next page
const next = known(first.data.links.next ?? undefined, "second page");
const cursor = known(new URL(next).searchParams.get("cursor") ?? undefined, "cursor");
const second = await api.GET("/v1/posts", { params: { query: { limit: 2, kind: ["berita", "pengumuman"], cursor } } });
console.log(known(second.data, "second page").data.length);

// 3. one post with what belongs to it
const id = known(first.data.data[0], "post").id;
const post = await api.GET("/v1/posts/{id}", { params: { path: { id }, query: { include: ["agency", "category"] } } });
const shown = known(post.data, "post").data;
console.log(shown.body_html.length > 0, shown.agency.contact?.phone, shown.change_history.map((note) => note.note));
if (shown.category !== null && typeof shown.category !== "string") console.log(shown.category.name.en);

// 4. only when it changed
const etag = known(post.response.headers.get("ETag") ?? undefined, "ETag");
const again = await api.GET("/v1/posts/{id}", {
  params: { path: { id }, query: { include: ["agency", "category"] }, header: { "If-None-Match": etag } },
});
console.log(again.response.status);

// 5. documents and 6. the bytes of a file
const documents = await api.GET("/v1/documents", { params: { query: { limit: 20, class: ["berkala"] } } });
for (const card of known(documents.data, "documents").data) {
  const found = await api.GET("/v1/documents/{id}", { params: { path: { id: card.id } } });
  const file = found.data?.data.files[0];
  if (file === undefined) continue;
  const bytes = await api.GET("/v1/documents/{id}/files/{file_id}", {
    params: { path: { id: card.id, file_id: file.id } },
    parseAs: "blob",
  });
  console.log(card.title, file.media_type, bytes.data?.size === file.bytes);
  break;
}

// 7. several items of any type
const items = await api.GET("/v1/items", { params: { query: { ids: [id, known(documents.data, "documents").data[0]?.id ?? id] } } });
console.log(known(items.data, "items").data.map((item) => `${item.type} ${item.slug}`), items.data?.meta.missing.length);

// 8. an address
const place = await api.GET("/v1/resolve", { params: { query: { type: "post", agency: shown.agency.slug, slug: shown.slug } } });
console.log(place.data?.data.status, place.data?.data.id === id);

// 9. agencies and areas
const agencies = await api.GET("/v1/agencies", { params: { query: { kind: ["dinas"] } } });
for (const agency of known(agencies.data, "agencies").data.slice(0, 2)) console.log(agency.name, agency.contact.email);
const areas = await api.GET("/v1/areas", { params: { query: { level: ["kecamatan"] } } });
console.log(areas.data?.data[0]?.name);

// 10. what the key may do, and an error that says what is wrong
const me = await api.GET("/v1/whoami");
console.log(me.data?.data.scopes.join(), me.data?.meta.sequence);
const none = await api.GET("/v1/posts/{id}", { params: { path: { id: "019ac1a0-7c00-7000-8000-000000000009" } } });
console.log(none.error?.code, none.error?.status);
