"""The embedded server as a profile says: what it offers, limits and takes; by the program and as values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchkit.experiment.process.profiled_listener import with_profile
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Delay, Fault, Limit, Security
from benchkit.profiles import load_profile
from tests.experiment.conftest import Program, scenario_text

SMTP = ListenerConfig(0, "smtp", Security.NONE)
API = ListenerConfig(0, "api", Security.NONE, "postmark")
WIRE = 'transport = "smtp"\nclient = "wire"\nsecurity = "starttls"\nauth = "plain"\n'


def test_a_relay() -> None:
    ses = with_profile(SMTP, load_profile("ses"))
    assert ses.extensions == ("8BITMIME", "SIZE")
    assert (ses.mechanisms, ses.limit) == (("PLAIN", "LOGIN"), Limit(idle_s=10.0, message_bytes=10_485_760))
    assert ses.faults == ()


def test_an_unknown_ehlo_is_benchkits_own() -> None:
    postmark = with_profile(SMTP, load_profile("postmark"))
    assert (postmark.extensions, postmark.mechanisms, postmark.limit) == ((), (), Limit())


def test_an_api_waits_as_its_quantiles_say() -> None:
    (wait,) = with_profile(API, load_profile("postmark")).faults
    assert wait.at == "response"
    assert isinstance(wait.delay, Delay)
    assert (wait.delay.distribution, wait.delay.a) == ("lognormal", 33)
    assert wait.delay.b == pytest.approx(0.78, abs=0.01)
    (constant,) = with_profile(replace(API, provider="resend"), load_profile("resend")).faults
    assert constant.delay == Delay("constant", 79)


def test_the_arms_own_limits_and_faults_come_first() -> None:
    own = replace(SMTP, limit=Limit(idle_s=3.0), faults=(Fault("mail", reply="450 4.2.1 busy"),))
    sendgrid = with_profile(own, load_profile("sendgrid"))
    assert sendgrid.limit == Limit(messages_per_connection=100, idle_s=3.0, message_bytes=31_457_280)
    assert sendgrid.faults == own.faults


def test_a_protocol_that_a_profile_does_not_have() -> None:
    with pytest.raises(ValueError, match="has no API"):
        with_profile(API, load_profile("zoho"))


def test_a_run_at_profiles(program: Program) -> None:
    program.write(
        scenario_text(
            "ses|" + WIRE + 'profile = "ses"\n',
            "sendgrid|" + WIRE + 'profile = "sendgrid"\ndialogue = "pipelined"\n',
            'postmark|transport = "api"\nprovider = "postmark"\nclient = "wire"\nsecurity = "none"\nprofile = "postmark"\n',
        )
    )
    code, summary = program.summary()
    assert code == 0, summary["invalid_because"]
    ses, sendgrid, postmark = summary["arms"]
    assert [arm["arrived"] for arm in summary["arms"]] == [24, 24, 24]
    assert (ses["turns"]["mean"], sendgrid["turns"]["mean"]) == (4, 2)
    assert postmark["service_ms"]["p50"] > 15


def test_a_dialogue_that_the_relay_does_not_allow_ends_before_the_first_send(program: Program) -> None:
    program.write(scenario_text("ses|" + WIRE + 'profile = "ses"\ndialogue = "pipelined"\n'))
    done = program.run("run", "scenario.toml")
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert "the server does not offer PIPELINING: change the arm to what the server offers" in done.stderr


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ('profile = "sess"\n', 'profile unknown profile "sess"; did you mean "ses"?'),
        ('profile = "ses"\nserver = { host = "127.0.0.1", port = 9 }\n', "profile is for the embedded server only"),
    ],
)
def test_mistakes(keys: str, expected: str, program: Program) -> None:
    program.write(scenario_text("ses|" + WIRE.replace("plain", "").replace('auth = ""\n', "") + keys))
    done = program.run("run", "scenario.toml", "--dry-run")
    assert done.returncode == 2
    assert expected in done.stderr
