"""The commands of an operator, and of somebody who wants to see the live events in a terminal."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.config import Settings, SettingsError, load_settings

DATA_FOLDER = Path("var")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 2 when it cannot even begin."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        if options.command in ("listen", "send"):
            from app.ops import listen

            return asyncio.run(listen.COMMANDS[options.command](options))
        settings = load_settings(os.environ, data_folder=DATA_FOLDER)
        return _operate(options, settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _operate(options: argparse.Namespace, settings: Settings) -> int:
    from app import serve

    match options.command:
        case "run":
            return serve.run(settings)
        case "migrate":
            return serve.migrate(settings, options.revision)
        case _:
            return serve.demo(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tandem", description="A shared task list that updates itself.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="serve Tandem; settings come from TANDEM_* variables")
    commands.add_parser("demo", help="serve it with a sample team to sign in as")
    migrate = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrate.add_argument("revision", nargs="?", default="head", help="head, base, or a number")
    for name, words in (
        ("listen", "print the live events of a workspace, one JSON document a line"),
        ("send", "send one message over the socket and print the answer"),
    ):
        client = commands.add_parser(name, help=words)
        client.add_argument("--url", default="http://127.0.0.1:8000", help="where Tandem runs")
        client.add_argument("--email", default=os.environ.get("TANDEM_EMAIL"), help="or TANDEM_EMAIL")
        client.add_argument("--workspace", help="its id; left out: your personal tasks")
        if name == "listen":
            client.add_argument("--since", type=int, help="also what happened after this number")
        else:
            client.add_argument("type", help="as in task.create")
            client.add_argument("data", nargs="?", default="{}", help='as in \'{"title": "Buy milk"}\'')
    return parser


if __name__ == "__main__":
    sys.exit(main())
