"""The steps of deploy/Containerfile in a fresh Debian, and what they make: a server that starts and answers. Needs root."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import PROJECT_ROOT
from tests.cli.servers import free_port

CONTAINERFILE = PROJECT_ROOT / "deploy" / "Containerfile"
# Certificates that this machine trusts, under a name that no package of the new system writes.
BUNDLE = "certificates-of-the-builder.pem"
PASSED_ON = re.compile(
    r"(?i)(https?|no|all)_proxy|PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|DEFAULT_TIMEOUT|CERT)|SSL_CERT_FILE"
)


def instructions() -> list[tuple[str, str]]:
    """The instructions in their order, comments left out."""
    lines = [line for line in CONTAINERFILE.read_text().splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def of_this_machine(root: Path) -> dict[str, str]:
    """What leads this machine's package clients to their registries: variables for the new system, whose files lie in it."""
    found = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    found |= {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
    for name in ("PIP_CERT", "SSL_CERT_FILE"):
        if name in found:
            shutil.copyfile(found[name], root / BUNDLE)
            found[name] = f"/{BUNDLE}"
    return found


def mirror() -> tuple[str, str]:
    """Where this machine takes Debian from, and the release that the Containerfile begins with."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Component: main"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    release = re.fullmatch(r"debian:(\d+)-slim", dict(instructions())["FROM"])
    assert release is not None
    return next(address for address in told if "security" not in address and "debian" in address), {"12": "bookworm", "13": "trixie"}[release[1]]  # fmt: skip


class Build:
    """A system in a folder, in which the instructions are carried out one after the other."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment: dict[str, str] = {}
        self.folder, self.user, self.command = "/", "root", ["true"]

    def carry_out(self, word: str, rest: str) -> None:
        if word == "RUN":
            self.run(["/bin/sh", "-c", rest], of_this_machine(self.root))
        elif word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                self._copy(PROJECT_ROOT / source, target)
        elif word == "ENV":
            self.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
        elif word == "WORKDIR":
            self.folder = rest
            (self.root / rest[1:]).mkdir(parents=True, exist_ok=True)
        elif word == "USER":
            self.user = rest
        elif word == "CMD":
            self.command = [part.strip(' "') for part in rest.strip("[]").split(",")]
        else:
            assert word in {"FROM", "EXPOSE"}, word

    def _copy(self, source: Path, target: str) -> None:
        to = self.root / self.folder[1:] / target
        if source.is_dir():
            shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / source.name if to.is_dir() else to)

    def words(self, command: list[str]) -> list[str]:
        """The command as its user, in its folder, inside the new system."""
        inside = ["/bin/sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", self.folder, *command]
        return ["/usr/sbin/chroot", "--userspec", self.user, str(self.root), *inside]

    def run(self, command: list[str], environment: Mapping[str, str] | None = None) -> str:
        """Run it to its end; what it printed."""
        done = subprocess.run(
            self.words(command), check=False, capture_output=True, text=True,
            env={**(environment or {"PATH": "/usr/bin:/bin"}), **self.environment},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-3_000:]
        return done.stdout


@contextmanager
def mounted(root: Path) -> Iterator[None]:
    """The devices and the process table of this machine inside the new system."""
    for name in ("dev", "proc"):
        subprocess.run(["mount", "--rbind" if name == "dev" else "--bind", f"/{name}", str(root / name)], check=True)
        # What is unmounted here must not be unmounted there.
        subprocess.run(["mount", "--make-rslave", str(root / name)], check=True)
    try:
        yield
    finally:
        for name in ("proc", "dev"):
            subprocess.run(["umount", "--recursive", "--lazy", str(root / name)], check=True)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    # On a disk: a folder in memory may forbid devices, and the system is large.
    root = Path(subprocess.run(["mktemp", "--directory", "--tmpdir=/var/tmp"], check=True, capture_output=True, text=True).stdout.strip())  # fmt: skip
    address, release = mirror()
    try:
        subprocess.run(
            ["debootstrap", "--variant=minbase", release, str(root), address],
            check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )  # fmt: skip
        # Other accounts must get into it.
        root.chmod(0o755)
        shutil.copyfile("/etc/resolv.conf", root / "etc" / "resolv.conf")
        with mounted(root):
            made = Build(root)
            for word, rest in instructions():
                made.carry_out(word, rest)
            yield made
    finally:
        shutil.rmtree(root)


@pytest.mark.timeout(900, func_only=False)
def test_what_the_steps_make_migrates_starts_and_answers(build: Build) -> None:
    port = free_port()
    assert build.user == "simpul"
    build.environment |= {
        "SECRET_KEY": "only-for-tests-" * 4, "PUBLIC_URL": "https://api.example.go.id", "TRUSTED_HOSTS": "api.example.go.id,127.0.0.1",
        "ALLOW_SQLITE_IN_PRODUCTION": "true", "HOST": "127.0.0.1", "PORT": str(port),
    }  # fmt: skip
    python = build.command[:3]
    assert "Migrated the database" in build.run([*python, "init"])
    assert build.run(["pg_dump", "--version"]).startswith("pg_dump")

    server = subprocess.Popen(build.words(build.command), env={"PATH": "/usr/bin:/bin", **build.environment})
    try:
        assert _answers(server, port)
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/docs/guide", headers={"Accept": "text/html"})
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert b"https://api.example.go.id/v1/" in answer.read()
    finally:
        server.terminate()
        assert server.wait(30) == 0


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.2)
    return False
