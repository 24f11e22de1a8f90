"""Whether the places of the code that read strangely still pay: each is measured against the plain way, in processor time.

    python -m bench.shortcuts [start] [heads] [rows] [splice]

Both ways take turns, REPEATS times, and the least of each counts, so that a busy machine disturbs little. Exit code 1 when one of
them saves less than its bar: then it goes. The modules say why they are there: cms/core/collection.py, cms/core/libpq.py,
cms/publishing/splicing.py.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from cms.application import create_app
from cms.core.reading import Reader
from cms.publishing.splicing import OWN_FIELDS, as_repost
from config import Settings
from tests.postgres_server import running_server, scratch_database

REPEATS = 7
CALLS = 2_000
IMPORTS = "import cms.application"
USED = "import resource; used = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime)"
Way = Callable[[], float]


def start() -> Iterator[tuple[str, Way, Way, float]]:
    """Seconds to import the application, with and without garbage collection meanwhile."""
    quiet = f"from cms.core.collection import no_collection\nwith no_collection():\n    {IMPORTS}\n{USED}"
    yield "start: seconds", lambda: printed(f"{IMPORTS}\n{USED}"), lambda: printed(quiet), 0.1


def heads() -> Iterator[tuple[str, Way, Way, float]]:
    """Microseconds of this process for one row of numbers and a word of PostgreSQL."""
    sql = "SELECT 1, 2, 3, 4, 5, 6, 7, 8, 'word'"
    with postgres_reader() as reader:
        plain, short = (lambda: reader.rows(sql, {})), (lambda: reader.numbers_and_word(sql))
        yield "heads: microseconds", lambda: each(plain), lambda: each(short), 0.3


def rows() -> Iterator[tuple[str, Way, Way, float]]:
    """Microseconds of this process for a page of twenty cards of some 900 bytes of PostgreSQL."""
    sql = "SELECT repeat('x', 900), n, n + %(more)s FROM generate_series(1, 20) AS n WHERE n < %(rows)s"
    params = {"more": 1, "rows": 30}
    with postgres_reader() as reader:
        plain, short = (lambda: reader.rows(sql, params)), (lambda: reader.plain_rows(sql, params))
        yield "rows: microseconds", lambda: each(plain), lambda: each(short), 0.2


def splice() -> Iterator[tuple[str, Way, Way, float]]:
    """Microseconds to make a card of some 900 bytes one that is carried."""
    card = orjson.dumps({"title": "Jalan ditutup", "summary": "x" * 400, **OWN_FIELDS, "tags": ["jalan"] * 60}).decode()
    agency, note = '{"slug":"dishub","name":"Dinas Perhubungan"}', '"comment":null,"place":null}'

    def parsed() -> str:
        repost = {"agency": orjson.loads(agency), **orjson.loads("{" + note)}
        return orjson.dumps({**orjson.loads(card), "relation": "repost", "repost": repost}).decode()

    def spliced() -> str:
        return as_repost(card, agency, note)

    if parsed() != spliced():
        raise RuntimeError("a carried card that is spliced differs from one that is parsed")
    yield "splice: microseconds", lambda: each(parsed), lambda: each(spliced), 0.5


MEASURES = {"start": start, "heads": heads, "rows": rows, "splice": splice}


def each(call: Callable[[], object]) -> float:
    """Microseconds of processor time for one call."""
    began = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - began) / CALLS * 1e6


def printed(code: str) -> float:
    """The number that a new process prints which runs this."""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(run.stdout)


@contextmanager
def postgres_reader() -> Iterator[Reader]:
    """The reader of an application on an empty PostgreSQL."""
    with TemporaryDirectory() as folder, running_server() as server, scratch_database(server, "shortcuts") as url:
        environ = {"DATABASE_URL": url, "INSTANCE_PATH": str(Path(folder)), "SECRET_KEY": "s" * 40}
        reader: Reader = create_app(Settings.from_environ(environ)).extensions["simpul"].reader
        yield reader
        reader.close_connections()


def main(names: list[str]) -> int:
    """Print a line for each; 1 when one of them pays too little."""
    poor = 0
    for name in names or MEASURES:
        for title, plain, short, bar in MEASURES[name]():
            turns = [(plain(), short()) for _ in range(REPEATS)]
            least, shortest = (min(column) for column in zip(*turns, strict=True))
            saved = 1 - shortest / least
            poor += saved < bar
            print(f"{title:22} plain {least:10.2f}  here {shortest:10.2f}  saved {saved:6.1%}  (bar {bar:.0%})")
    return 1 if poor else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
