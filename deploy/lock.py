"""Pins every package in requirements/*.txt and package-lock.json: hashes, no registry addresses.

Needs npm on the machine; brings its own uv, in a temporary folder.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"
FORM_OF_LOCK = (
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-annotate",
    "--quiet",
    "--custom-compile-command=make lock",
)


def main() -> None:
    """Write all lock files anew; versions that still fit are kept."""
    with tempfile.TemporaryDirectory(prefix="tandem-lock-") as folder:
        uv = install_uv(Path(folder))
        lock_python(uv, "run", "pyproject.toml", "--group=setup")
        lock_python(
            uv,
            "test",
            "pyproject.toml",
            "--group=setup",
            "--group=test",
            "--constraint=requirements/run.txt",
        )
        lock_python(uv, "node", "--group=node")
    lock_front_end()


def install_uv(folder: Path) -> Path:
    """Install uv in an environment of its own in this folder and return the program."""
    run(sys.executable, "-m", "venv", str(folder))
    run(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", UV)
    return folder / "bin" / "uv"


def lock_python(uv: Path, name: str, *sources: str) -> None:
    """Write requirements/<name>.txt from the sources, given as arguments of `uv pip compile`."""
    print(f"lock: requirements/{name}.txt", flush=True)
    run(
        str(uv),
        "pip",
        "compile",
        *sources,
        *FORM_OF_LOCK,
        "--output-file",
        f"requirements/{name}.txt",
    )


def lock_front_end() -> None:
    """Write package-lock.json from package.json."""
    print("lock: package-lock.json", flush=True)
    form = (
        "--package-lock-only",
        "--omit-lockfile-registry-resolved",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    )
    run("npm", "install", *form)


def run(*command: str) -> None:
    """Run a command in the project's root; raise CalledProcessError when it fails."""
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
