"""The program's entry point, as the console script and as `python -m benchkit`.

Law: nothing is imported at its top but what stands ready in every interpreter: Ctrl-C is quiet while the program loads, too.
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
