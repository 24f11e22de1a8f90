"""`python -m cms COMMAND`: the same commands as `flask --app wsgi cms COMMAND`."""

from __future__ import annotations

from cms.cli import commands

if __name__ == "__main__":
    commands.main(prog_name="python -m cms")
