"""Finds and installs system packages on Debian and Ubuntu.

It knows what each is found by, not what it is for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

INSTALL_SCRIPT = Path(__file__).with_name("apt_install.sh")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class PackagesMissingError(Exception):
    """System packages are missing and cannot be installed here; the text says what to do."""


@dataclass(frozen=True)
class SystemPackage:
    """A package by its apt name, and the question whether this machine has what it brings."""

    name: str
    is_present: Callable[[], bool]


def postgresql_binary(name: str) -> Path | None:
    """Return a PostgreSQL server program such as `initdb`, of the newest version, or None.

    Debian keeps these programs out of PATH, one folder per version.
    """
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    on_path = shutil.which(name)
    return newest or (Path(on_path) if on_path else None)


def chromium_binary() -> Path | None:
    """Return the first Chromium-like browser on PATH, or None."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next((Path(path) for path in found if path), None)


def chromium_package() -> str:
    """Return the apt name of Chromium, which Ubuntu calls otherwise than Debian does."""
    release = Path("/etc/os-release")
    is_ubuntu = release.exists() and "ID=ubuntu" in release.read_text().splitlines()
    return "chromium-browser" if is_ubuntu else "chromium"


TEST_PACKAGES = (
    SystemPackage(chromium_package(), lambda: chromium_binary() is not None),
    SystemPackage("postgresql", lambda: postgresql_binary("initdb") is not None),
    SystemPackage("redis-server", lambda: shutil.which("redis-server") is not None),
)


def ensure_packages(packages: tuple[SystemPackage, ...]) -> None:
    """Install the packages that are missing, or raise PackagesMissingError."""
    names = missing(packages)
    if not names:
        return
    by_hand = f"sudo apt-get update && sudo apt-get install -y {' '.join(names)}"
    prefix = root_prefix()
    if prefix is None or shutil.which("apt-get") is None:
        raise PackagesMissingError(f"system packages are missing; install them with:\n  {by_hand}")
    print(f"set-up: system packages {' '.join(names)}", flush=True)
    result = subprocess.run(
        [*prefix, "sh", str(INSTALL_SCRIPT), *names],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0 or missing(packages):
        raise PackagesMissingError(
            f"{result.stdout}\napt-get could not install the packages; try by hand:\n  {by_hand}"
        )


def missing(packages: tuple[SystemPackage, ...]) -> list[str]:
    """Return the apt names of the packages that this machine lacks."""
    return [package.name for package in packages if not package.is_present()]


def root_prefix() -> list[str] | None:
    """Return what runs the command after it as root, or None when that needs a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    passwordless = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if passwordless else None


def download_pip(folder: Path) -> Path:
    """Fetch the wheel of pip that Debian's python3-venv works with into a folder, and return it.

    This needs no root: apt keeps its lists in that folder, and the package is unpacked there.
    """
    lists, cache = folder / "lists", folder / "cache"
    lists.mkdir()
    cache.mkdir()
    apt = ["apt-get", "-qq", "-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={cache}"]
    commands = (
        [*apt, "update"],
        [*apt, "download", "python3-pip-whl"],
        ["sh", "-c", "dpkg-deb --extract python3-pip-whl_*.deb ."],
    )
    try:
        for command in commands:
            subprocess.run(command, cwd=folder, capture_output=True, check=True)
        return next(folder.glob("usr/share/python-wheels/pip-*.whl"))
    except (OSError, subprocess.CalledProcessError, StopIteration) as error:
        raise PackagesMissingError(
            "this Python cannot make virtual environments; install what it lacks with:\n"
            "  sudo apt-get update && sudo apt-get install -y python3-venv"
        ) from error
