"""The `ouidire` command: puts together the commands of `ouidire/commands/`. Decides nothing.

Exit status 0, 1 (failed), 2 (bad usage) or 130 (stopped by Ctrl-C). Errors name the offender and the remedy.
"""

from __future__ import annotations

import sys

try:
    import typer

    from ouidire.commands import asking, calendar, correcting, digests, nights, reading, running, starting
    from ouidire.commands.failing import ended_in_words
except KeyboardInterrupt:  # these take a moment to load, and `ended_in_words` is among them
    sys.stderr.write("stopped before anything was done\n")
    sys.exit(130)

app = typer.Typer(
    name="ouidire",
    help="Listens every night to what people say in public about a brand, and finds who recommends it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (starting, nights, reading, correcting, asking, digests, calendar, running):
    app.registered_commands += group.app.registered_commands


def main() -> None:
    """Entry point of the command."""
    with ended_in_words():
        app()


if __name__ == "__main__":
    main()
