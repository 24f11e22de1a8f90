"""What a sentence points to exists: a stranger can follow every reference in code, tests and guides."""

from __future__ import annotations

import re
from pathlib import Path

from config import PROJECT_ROOT

RULE = re.compile(r"\b(?:R-[A-Z]|M-)[0-9]+\b")
DOCUMENT = re.compile(r"\b([\w./-]+\.md)\b")
ISSUE = re.compile(r"\bissue [0-9]+\b", re.IGNORECASE)
SECURITY = PROJECT_ROOT / "docs" / "security.md"
FOLDERS = ("cms", "bench", "docs", "migrations", "tests", "tools")
TEXTS = sorted(
    path
    for path in (*PROJECT_ROOT.glob("*"), *(each for folder in FOLDERS for each in (PROJECT_ROOT / folder).rglob("*")))
    if path.suffix in {".py", ".md", ".toml"} and path != Path(__file__)
)
NAMES = {path.name for path in TEXTS}


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()


def test_rules_documents_and_issues_that_are_named_exist() -> None:
    rules = set(RULE.findall(SECURITY.read_text(encoding="utf-8")))
    texts = [(name_of(path), path.read_text(encoding="utf-8")) for path in TEXTS]

    assert len(texts) > 1_000
    assert [(name, rule) for name, text in texts for rule in sorted(set(RULE.findall(text)) - rules)] == []
    assert [
        (name, named) for name, text in texts for named in DOCUMENT.findall(text) if Path(named).name not in NAMES
    ] == []
    assert [(name, issue) for name, text in texts for issue in ISSUE.findall(text)] == []


def test_every_security_rule_names_a_test_that_exists() -> None:
    rows = [line for line in SECURITY.read_text(encoding="utf-8").splitlines() if RULE.match(line.removeprefix("| "))]

    assert len(rows) > 40
    for row in rows:
        proofs = re.findall(r"`([^`]+)`", row.split("|")[3])
        assert proofs, row
        for proof in proofs:
            assert proof.startswith("python -m cms") or (PROJECT_ROOT / proof).exists(), row
