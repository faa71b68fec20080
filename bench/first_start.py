"""How long a stranger waits: `make run` in a fresh clone, and once more, until the program answers.

Run it as `python -m bench.first_start`. It prints both times, and fails when the first is over
120 s, the second over 3 s, or the git tree is no longer clean afterwards.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8899
FIRST_MOST = 120.0
SECOND_MOST = 3.0


def main() -> int:
    """Clone the last commit, start it twice and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "tandem"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first, second = seconds_to_start(clone), seconds_to_start(clone)
        dirt = subprocess.run(
            ["git", "status", "--short"], cwd=clone, check=True, capture_output=True, text=True
        ).stdout
    print(f"first start   {first:6.1f} s   (at most {FIRST_MOST:.0f} s)")
    print(f"second start  {second:6.1f} s   (at most {SECOND_MOST:.0f} s)")
    print(f"git tree      {dirt or 'clean'}")
    return 0 if first <= FIRST_MOST and second <= SECOND_MOST and not dirt else 1


def seconds_to_start(clone: Path) -> float:
    """Run `make run` in ``clone`` until it answers, and stop it again."""
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "run"],
        cwd=clone,
        env=os.environ | {"PORT": str(PORT)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not answers():
            if process.poll() is not None or time.monotonic() - began > 2 * FIRST_MOST:
                raise SystemExit("make run ended, or did not begin to answer")
            time.sleep(0.02)
        return time.monotonic() - began
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def answers() -> bool:
    """Whether the program is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
