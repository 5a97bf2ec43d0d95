"""Checks `[receiving_lab]` together with the arms: every arm's mail must reach the lab.

Law: as in rules.py.
"""

from __future__ import annotations

from benchkit.scenario.arm_form import ArmForm
from benchkit.scenario.files import need_file
from benchkit.scenario.parsed_scenario import ParsedScenario

_WITHOUT_LAB = "needs the table [receiving_lab], with the zones that its DNS answers from"
_AT_LAB = {  # key → why an arm at the lab's own server cannot have it
    "auth": "cannot be given: the lab's server has no log-in",
    "ca_file": "has no effect: the lab's server has no TLS",
}


def check_receiving_lab(parsed: ParsedScenario) -> None:
    lab = parsed.form.receiving_lab
    for index, arm in enumerate(parsed.form.arm):
        if arm.server == "receiving-lab":
            _check_arm_at_lab(parsed, index, arm)
        if arm.relay is not None:
            _check_relay(parsed, index, arm)
        if lab is not None and arm.transport in ("smtp", "api") and arm.server != "receiving-lab" and arm.relay is None:
            problem = 'sends no mail to the receiving lab: give server = "receiving-lab", or [arm.relay]'
            parsed.mistakes.add(("arm", index, "server"), problem)
    if lab is None:
        return
    for index, zone in enumerate(lab.zones):
        need_file(parsed, ("receiving_lab", "zones", index), zone)
    if not lab.sign_as and not parsed.form.message.sender:
        problem = "is missing: without message.from the lab does not know which domain to sign as"
        parsed.mistakes.add(("receiving_lab", "sign_as"), problem)


def _check_arm_at_lab(parsed: ParsedScenario, index: int, arm: ArmForm) -> None:
    if parsed.form.receiving_lab is None:
        parsed.mistakes.add(("arm", index, "server"), _WITHOUT_LAB)
    if arm.transport != "smtp":
        parsed.mistakes.add(
            ("arm", index, "server"), "takes mail by SMTP only: for an api arm remove server and give [arm.relay]"
        )
    if arm.security not in (None, "none"):
        parsed.mistakes.add(("arm", index, "security"), 'must be "none" at the receiving lab, which is on this machine')
    for key, problem in _AT_LAB.items():
        if parsed.gives("arm", index, key):
            parsed.mistakes.add(("arm", index, key), problem)


def _check_relay(parsed: ParsedScenario, index: int, arm: ArmForm) -> None:
    path, relay = ("arm", index, "relay"), arm.relay
    if relay is None:
        return
    if parsed.form.receiving_lab is None:
        parsed.mistakes.add(path, _WITHOUT_LAB)
    if arm.server != "embedded" or arm.transport == "null":
        parsed.mistakes.add(
            path, "is for the embedded server only: benchkit cannot change how another server forwards mail"
        )
    if relay.signed != "after" and not relay.sign_as:
        parsed.mistakes.add((*path, "signed"), "has no effect without sign_as")
