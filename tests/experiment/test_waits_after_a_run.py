"""What a run waits for after its last message ends at the first Ctrl-C, and the run is stored."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from benchkit.experiment.parent.relayed_arrivals import Relay, send_all
from benchkit.experiment.parent.stopping import interruptible, signals_given_back
from benchkit.model.receiving import RelayTarget
from benchkit.sink.relayed_mail import RelayedMail
from tests.experiment.conftest import LIMIT_S, Program

API = 'api|transport = "api"\nprovider = "mailgun"\nclient = "wire"\nsecurity = "none"\n[[arm.fate]]\n'
HOST = "127.0.0.1"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_a_wait_and_the_next_ones_change_nothing(number: signal.Signals) -> None:
    before = [signal.getsignal(one) for one in SIGNALS]
    raised = 0
    with interruptible():
        for each in (number, *SIGNALS):
            try:
                signal.raise_signal(each)
            except KeyboardInterrupt:
                raised += 1
    assert raised == 1
    assert [signal.getsignal(one) for one in SIGNALS] == before


def test_ctrl_c_ends_the_wait_for_webhooks_and_keeps_what_came(program: Program, text: Callable[..., str]) -> None:
    program.write(text(API, load="blocks = 2\nmessages_per_block = 2") + "\n[events]\nwait_s = 600\n")
    process = program.start("run", "scenario.toml")
    assert process.stderr is not None
    while "waits 600 s for webhooks" not in (line := process.stderr.readline()):
        assert line, "it ended without that wait"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    (run,) = program.runs
    assert json.loads((run / "summary.json").read_text("utf-8"))["status"] == "complete"
    assert list(run.glob("*.journal"))


@pytest.fixture(params=[b"", b"220 receiver\r\n"], ids=["no greeting", "no reply"])
def stuck(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a server that stops answering."""
    kept: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):  # it is shut down
            while True:
                client, _ = server.accept()
                client.sendall(request.param)
                kept.append(client)

    with socket.create_server((HOST, 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for client in kept:
        client.close()


def test_ctrl_c_ends_the_sending_on_to_a_lab_that_does_not_answer(stuck: int) -> None:
    relay = Relay(RelayTarget(HOST, stuck, HOST, "lab", {}, {}))
    mails = [RelayedMail("a@shop.example", ("b@there.example",), "relay.example", b"Subject: x\r\n\r\n")] * 8

    def press() -> None:
        while not relay.stopped.wait(0.01):
            os.kill(os.getpid(), signal.SIGINT)

    pressing = threading.Thread(target=press)
    with signals_given_back():
        signal.signal(signal.SIGINT, lambda *_: None)  # as in a run, whose event loop handles it
        pressing.start()
        assert send_all(relay, mails) == {"the run was stopped": 8}
        pressing.join()
