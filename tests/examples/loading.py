"""Examples as modules: each time a new one, whose constants a test may set."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from config import PROJECT_ROOT

EXAMPLES = PROJECT_ROOT / "examples"


CLIENTS = PROJECT_ROOT / "clients"


def loaded(name: str, folder: Path = EXAMPLES) -> Any:
    """The program `<name>.py` of a folder, not started."""
    spec = spec_from_file_location(f"example_{name}", folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
