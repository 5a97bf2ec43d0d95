"""A provider's SMTP relay, embedded: what an arm asks of it is carried, and the mail that arrives is the mail of the batch."""

from __future__ import annotations

from tests.experiment.conftest import Program, scenario_text

LOAD = "blocks = 6\nmessages_per_block = 4\nwarmup_blocks = 0"
ARMS = (
    'ses|transport = "smtp"\nclient = "aiosmtplib"\nprovider = "ses"\nprofile = "ses"\noptions = { tags = "a=b" }\n',
    'sendgrid|transport = "smtp"\nclient = "wire"\nprovider = "sendgrid"\noptions = { tracking = "off" }\n',
    'postmark|transport = "smtp"\nclient = "smtplib"\nprovider = "postmark"\noptions = { tag = "receipt" }\n',
    'api|transport = "api"\nprovider = "ses"\nclient = "httpx2"\nsecurity = "none"\noptions = { tags = "a=b" }\n',
)


def test_mail_by_relays_arrives_as_the_batch_says(program: Program) -> None:
    program.write(scenario_text(*ARMS, load=LOAD))
    code, summary = program.summary()
    account = summary["account"]
    assert (code, account["accepted"], account["arrived_once"], account["altered"]) == (0, 96, 96, 0)


def test_what_a_relay_cannot_say_is_told_before_the_first_send(program: Program) -> None:
    program.write(scenario_text(ARMS[2].replace("receipt", "Grüße"), ARMS[3], load=LOAD))
    done = program.run("run", "scenario.toml")
    assert done.returncode == 2
    assert "X-PM-Tag would hold 'Grüße'" in done.stderr
    assert "arm.0" in done.stderr
    assert not program.runs
