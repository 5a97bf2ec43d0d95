"""What a child process tells its parent holds no secret of its job."""

from __future__ import annotations

import io
import json

from benchkit.experiment.process.job import WorkerJob
from benchkit.experiment.process.parent_pipe import MaskedStderr, ParentLine
from benchkit.model.endpoint import Endpoint
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.model.secret import Secret, SecretMask

SECRETS = ("first-canary-secret", "second-canary-secret")


def test_news() -> None:
    arm = ArmSpec("a", "smtp", "wire", ConnectionPolicy(0), Security.NONE)
    endpoints = tuple(Endpoint("127.0.0.1", 1, "localhost", arm, password=Secret(secret)) for secret in SECRETS)
    job = WorkerJob(None, None, endpoints, "", "", 0, 0)  # type: ignore[arg-type]  # only the endpoints count
    line = object.__new__(ParentLine)
    written = io.BytesIO()
    line.mask, line._output = job.mask, io.TextIOWrapper(written)
    line.tell(unreachable=f"arm 'a': {SECRETS[0]} {SECRETS[1].encode().hex()}", sent=7, arms=[{"arm": 0}])
    news = json.loads(written.getvalue())
    assert news == {"unreachable": "arm 'a': [hidden] [hidden]", "sent": 7, "arms": [{"arm": 0}]}


def test_stderr_is_masked_line_by_line() -> None:
    stream = io.StringIO()
    masked = MaskedStderr(stream, SecretMask(SECRETS))
    for piece in ("a first-", "canary-", "secret b\nsecond-canary", "-secret"):
        masked.write(piece)
    masked.flush()
    assert stream.getvalue() == "a [hidden] b\n[hidden]"
