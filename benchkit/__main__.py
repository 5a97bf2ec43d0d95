"""The program's entry point, as the console script and as `python -m benchkit`.

Law: at the top it imports only modules that every interpreter has loaded already, so Ctrl-C prints no traceback while the
program loads.
"""

from __future__ import annotations

import sys

INTERRUPTED = 130  # errors.ExitCode has it too, and would be imported where Ctrl-C is not caught yet


def main() -> None:
    try:
        from benchkit.cli.main import main as program

        program()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
