"""The program `benchkit`: its verbs, and what every error becomes on the way out: one line each on stderr, and an exit code."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys

import typer

from benchkit.cli.audit import audit
from benchkit.cli.certify import certify
from benchkit.cli.compare import compare
from benchkit.cli.doctor import doctor
from benchkit.cli.events import events
from benchkit.cli.explain import explain
from benchkit.cli.history import history
from benchkit.cli.init import init
from benchkit.cli.notebook import notebook
from benchkit.cli.option_rules import CheckedCommand
from benchkit.cli.plot import plot
from benchkit.cli.predict import predict
from benchkit.cli.report import report
from benchkit.cli.run import run
from benchkit.cli.schema import schema
from benchkit.cli.sink import sink
from benchkit.cli.watch import watch
from benchkit.errors import BUG, BenchkitError, ExitCode, reason

_STDERR = 2
NO_PATH = (errno.ENAMETOOLONG, errno.ELOOP)  # the user has named what can be no file

app = typer.Typer(
    name="benchkit",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich costs as much to load as everything else here together
    context_settings={"help_option_names": ["-h", "--help"]},
    help="SMTP or HTTP API? One identical batch of mail through both: every round trip counted, every message accounted for.",
    epilog=(
        "stdout is data, stderr is messages. Exit codes: 0 fine, 1 internal error, 2 bad input, 3 audit findings, 4 target "
        "unreachable before the first send, 5 run invalid or not certified, 99 a threshold crossed, 130 interrupted (what "
        "was measured is kept)."
    ),
)
for verb in (
    run,
    watch,
    report,
    events,
    compare,
    history,
    plot,
    notebook,
    predict,
    doctor,
    certify,
    audit,
    explain,
    sink,
    init,
    schema,
):
    app.command(cls=CheckedCommand)(verb)


@app.callback(invoke_without_command=True)
def _options(version: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    if version:
        from benchkit import __version__

        typer.echo(f"benchkit {__version__}")
        raise typer.Exit


def main() -> None:
    """The program; `benchkit/__main__.py` starts it."""
    if os.environ.get("NO_COLOR"):
        os.environ.pop("FORCE_COLOR", None)  # rich would write bold and underlined text into a pipe
    _buffer_stdout()
    _fill_standard_descriptors()
    try:
        _run_verb()
    except BrokenPipeError:  # a reader like `head` has had enough: end as every tool of a pipe does, by the signal
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.raise_signal(signal.SIGPIPE)


def _buffer_stdout() -> None:
    """Under PYTHONUNBUFFERED nothing takes up what one write(2) leaves over, as where the process is stopped in the middle of
    it: the answer would be cut off, with exit code 0 (python/cpython#85393).
    """
    raw = getattr(sys.stdout, "buffer", None)
    if isinstance(raw, io.RawIOBase):
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw), sys.stdout.encoding, sys.stdout.errors, line_buffering=True
        )


def _run_verb() -> None:
    try:
        app()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # click has caught it, and would end with 1
            raise ended.__context__ from None
        raise
    except BenchkitError as error:
        _end(str(error), error.exit_code)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_PATH:
            _end(_message(error), ExitCode.BAD_INPUT)
        if os.environ.get("BENCHKIT_TRACEBACK"):
            raise
        _end(f"{_message(error)} (BENCHKIT_TRACEBACK=1 shows where)", ExitCode.INTERNAL_ERROR)


def _fill_standard_descriptors() -> None:
    """One that the shell has closed would be the next socket's; the null device takes its place."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(descriptor)


def _message(error: Exception) -> str:
    """A system that refuses, as a full disk does, is no defect."""
    if isinstance(error, OSError):
        return f"{error.filename or 'the system refuses'}: {reason(error)}"
    return f"{BUG}: {type(error).__name__}: {error}"


def _end(message: str, code: int) -> None:
    """A message may quote a file or a server: what steers a terminal is shown as an escape."""
    from benchkit.model.outside_text import escape_control_chars

    for line in escape_control_chars(message).split("\n"):
        typer.echo(f"benchkit: {line}" if code != ExitCode.BAD_INPUT else line, err=True)
    sys.exit(code)
