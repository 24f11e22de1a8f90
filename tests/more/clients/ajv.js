// Reads every pattern of the documents as JavaScript does, and holds real pages against the delivery plane's with Ajv, as they are
// and as a later version of the server may send them: with a field more in every object and words that nobody knows.
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [delivery, whole] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")));

function patterns(part) {
  if (part === null || typeof part !== "object") return [];
  const own = typeof part.pattern === "string" ? [part.pattern] : [];
  return [...own, ...Object.values(part).flatMap(patterns)];
}
for (const pattern of [...patterns(delivery), ...patterns(whole)]) new RegExp(pattern, "u");

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: "api", components: delivery.components });

function grown(value, name) {
  if (Array.isArray(value)) return value.map((each) => grown(each, name));
  if (value !== null && typeof value === "object") {
    const fields = Object.entries(value).map(([field, each]) => [field, grown(each, field)]);
    return { ...Object.fromEntries(fields), later: { more: [1] } };
  }
  return ["kind", "class", "status", "relation"].includes(name) && typeof value === "string" ? "podcast" : value;
}

async function holds(path, address) {
  const answer = await fetch(process.env.SIMPUL_API + address, { headers: { Authorization: `Bearer ${process.env.SIMPUL_KEY}` } });
  const body = await answer.json();
  const response = delivery.paths[path].get.responses[String(answer.status)];
  const { $ref } = response.content["application/json"].schema;
  const validate = ajv.getSchema(`api${$ref}`);
  for (const each of [body, grown(body, "")]) {
    if (!validate(each)) throw new Error(`${address}: ${JSON.stringify(validate.errors.slice(0, 3))}`);
  }
  for (const header of ["ETag", "Content-Seq", "Content-Epoch"]) {
    if (!(header in response.headers && answer.headers.has(header))) throw new Error(`${address}: ${header}`);
  }
  return body.data;
}

const posts = await holds("/v1/posts", "/v1/posts?limit=20&include=category,areas,agency,channel");
const documents = await holds("/v1/documents", "/v1/documents?limit=20");
await holds("/v1/posts/{id}", `/v1/posts/${posts[0].id}`);
await holds("/v1/documents/{id}", `/v1/documents/${documents[0].id}?include=agency`);
await holds("/v1/items", `/v1/items?ids=${posts[0].id},${documents[0].id}`);
for (const path of ["/v1/agencies", "/v1/areas", "/v1/whoami", "/v1/capabilities"]) await holds(path, path);
console.log("every page, today's and a later one, is what the document says");
