"""Documents in the words of schema.org."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.publishing.linked_data import Node, Surroundings, known, of_every_item


def document_as_linked_data(item: Mapping[str, Any], around: Surroundings) -> Node:
    """A `DigitalDocument` with what its files are. Their addresses need a key, so none is told."""
    return {
        "@type": "DigitalDocument",
        **of_every_item(item, around),
        "name": item["title"],
        "identifier": item["number"],
        "encoding": [_file(file) for file in item["files"]],
    }


def _file(file: Mapping[str, Any]) -> Node:
    return known(
        {
            "@type": "MediaObject",
            "name": file["label"],
            "encodingFormat": file["media_type"],
            "contentSize": f"{file['bytes']} B",
            "sha256": file["sha256"],
            "inLanguage": file["language"],
        }
    )
