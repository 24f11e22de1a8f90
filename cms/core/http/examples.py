"""Examples for the OpenAPI document, made from the schemas: a field's own example, else what the demonstration city has there."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
DEEPEST = 8

BY_FORMAT: dict[str, Any] = {
    "uuid": "019ac1a0-7c00-7000-8000-000000000002",
    "date-time": "2026-11-24T01:00:00Z",
    "date": "2026-11-24",
    "email": "editor.dpu@balikpapan.example",
    "uri": "https://dpu.balikpapan.example/berita/jalan-mt-haryono",
    "uri-reference": "/v1/posts/019ac1a0-7c00-7000-8000-000000000002",
}
BY_NAME: dict[str, str] = {
    "abbreviations": "DPU",
    "address": "Jalan Anggrek Contoh 3, Balikpapan",
    "agencies": "dpu",
    "aliases": "Dinas PU",
    "alt": "Alat berat menggali saluran di tepi Jalan MT Haryono",
    "archive_code": "620",
    "article": "Pasal 9",
    "caption": "Pekerjaan saluran di Jalan MT Haryono.",
    "card_fields": "title",
    "category": "infrastruktur",
    "certainty": "certain",
    "change_note": "Penutupan diperpanjang sampai 5 Desember.",
    "channel": "dpu",
    "class": "berkala",
    "code": "BK-A",
    "credit": "Dinas Pekerjaan Umum",
    "description": "Mengurus jalan, saluran, dan bangunan milik kota.",
    "device_token": "smd_3kq9",
    "email": "halo@dpu.balikpapan.example",
    "en": "Infrastructure",
    "explanation": "Diumumkan kembali setelah jadwal pasti.",
    "fields": "title",
    "filters": "agency",
    "holder": "Bagian Umum",
    "hours": "Senin-Kamis 07.30-16.00, Jumat 07.30-11.30 Wita",
    "includes": "agency",
    "initial_password": "teluk-tenang-17-burung",
    "kind": "berita",
    "label": "Rencana Kerja 2026",
    "language": "id",
    "made_place": "Balikpapan",
    "name_en": "Infrastructure",
    "number": "620/112/DPU/2026",
    "office": "019ac1a0-7c00-7000-8000-000000000003",
    "origins": "https://dpu.balikpapan.example",
    "parent": "kota",
    "parent_code": "64.71",
    "phone": "+62 542 555 0100",
    "place": "Balai Kota, Jalan Anggrek Contoh 3",
    "producer": "Dinas Pekerjaan Umum",
    "public_key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "reset_reason": "Terbitan massal untuk hari jadi kota.",
    "responsible": "Kepala Dinas Pekerjaan Umum",
    "retention": "5 tahun",
    "slugs": "jalan-mt-haryono",
    "social_text": "Jalan MT Haryono ditutup sebagian sampai 5 Desember. #Balikpapan https://dpu.balikpapan.example/berita/jalan-mt-haryono",
    "sorts": "-published_at",
    "successor": "dishub",
    "text": "sampai 5 Desember",
    "to": "https://dpu.balikpapan.example/berita/jalan-mt-haryono",
    "type": "post",
    "version": "1.0.0",
}
"""What fields of these names say in the demonstration city, for fields that have no example of their own."""


def example_of(schema: Schema, components: Schema, name: str = "", depth: int = 0) -> Any:
    """An example of `schema`; `name` is the field that it describes."""
    schema = _resolved(schema, components)
    # An example may say that there is nothing.
    if "example" in schema:
        return schema["example"]
    if schema.get("default") is not None:
        return schema["default"]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return next((value for value in schema["enum"] if value is not None), None)
    if depth > DEEPEST:
        return None
    return _by_type(schema, components, name, depth)


def _resolved(schema: Schema, components: Schema) -> Schema:
    """Follow references; of alternatives take the first that is not null."""
    while True:
        if "$ref" in schema:
            schema = components["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
            continue
        alternatives = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
        if not alternatives:
            return schema
        schema = next((part for part in alternatives if part.get("type") != "null"), alternatives[0])


def _by_type(schema: Schema, components: Schema, name: str, depth: int) -> Any:
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else next((each for each in kinds if each != "null"), "null")
    if kind == "object":
        return _object(schema, components, depth)
    if kind == "array":
        return _array(schema, components, name, depth)
    if kind in {"integer", "number"}:
        return schema.get("minimum", 1)
    return {"boolean": True, "null": None}.get(kind) if kind != "string" else _text(schema, name)


def _object(schema: Schema, components: Schema, depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    # Warnings and rehearsals are the exception; an example in every answer would suggest otherwise.
    left_out = {"warnings", "total", "dry_run"} - {*schema.get("required", ())}
    shown = {field: part for field, part in properties.items() if field not in left_out}
    return {field: example_of(part, components, field, depth + 1) for field, part in shown.items()}


def _array(schema: Schema, components: Schema, name: str, depth: int) -> list[Any]:
    item = schema.get("items", {})
    return [example_of(item, components, name, depth + 1)]


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") in BY_FORMAT:
        return str(BY_FORMAT[schema["format"]])
    if name in BY_NAME:
        return BY_NAME[name]
    if name == "id" or name.endswith("_id"):
        return str(BY_FORMAT["uuid"])
    if name.endswith("_at"):
        return str(BY_FORMAT["date-time"])
    text = f"{name.replace('_', ' ') or 'text'}"
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", len(text) + 1_000)]
