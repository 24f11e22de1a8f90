"""Writing XML: elements with names as they stand, escaped by the standard library."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n'


def add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """A new element below another one."""
    element = SubElement(parent, name, attributes)
    element.text = text
    return element


def document(root: Element) -> bytes:
    """The whole document in UTF-8."""
    return HEAD + tostring(root, encoding="unicode").encode()
