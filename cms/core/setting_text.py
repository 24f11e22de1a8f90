"""Settings as the environment has them: texts, which become the types of their fields."""

from __future__ import annotations

from typing import Final

TRUE_WORDS: Final = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS: Final = frozenset({"0", "false", "no", "off", ""})


def parsed(name: str, kind: str, text: str) -> object:
    """The value of a setting of this type. Raises `ValueError` with a sentence for the operator."""
    try:
        if kind == "bool":
            return _truth(text)
        # Python accepts the digits of thirty scripts; an operator cannot read them.
        if kind == "int" and text.isascii():
            return int(text)
        if kind == "float" and text.isascii():
            return float(text)
    except ValueError:
        raise ValueError(f"{name.upper()}={text!r} is not a valid {kind}") from None
    if kind in ("int", "float"):
        raise ValueError(f"{name.upper()}={text!r} is not a valid {kind}: digits are 0 to 9")
    if kind.startswith("tuple"):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _truth(text: str) -> bool:
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(text)
