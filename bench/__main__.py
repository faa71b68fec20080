"""Runs the benchmarks one after the other, and fails when one of them does.

`python -m bench`; that of the first start is not among them, since it sets up a clone of its own.
"""

import subprocess
import sys

ALL = ("first_paint", "push_handling", "notification_delay")


def main() -> int:
    """Run them all, also after one has failed."""
    failed = []
    for name in ALL:
        print(f"\n{name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
    print(f"\nover the limit: {', '.join(failed)}" if failed else "\nall within their limits")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
