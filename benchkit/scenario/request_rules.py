"""What `messages_per_request` and `render` mean together with an arm's provider and connection, and with the load.

Law: as in rules.py. Every request of a closed loop is full, so that what a message costs is a number; an open load fills its
requests with what is due.
"""

from __future__ import annotations

from benchkit.errors import listed
from benchkit.model.client_offers import ClientOffers
from benchkit.scenario.arm_form import ConnectionForm, ServerForm
from benchkit.scenario.parsed_scenario import ParsedScenario
from benchkit.scenario.vocabulary import Vocabulary


def check_messages_per_request(
    parsed: ParsedScenario, index: int, vocabulary: Vocabulary, offers: ClientOffers | None
) -> None:
    """Report the first reason why the requests of this api arm cannot carry so many messages."""
    path = ("arm", index, "messages_per_request")
    if parsed.form.arm[index].messages_per_request > 1 and not parsed.mistakes.reported(path):
        reason = (
            _provider_reason(parsed, index, vocabulary)
            or _client_reason(offers)
            or _connection_reason(parsed, index)
            or _load_reason(parsed, index)
        )
        if reason:
            parsed.mistakes.add(path, reason)


def check_render(parsed: ParsedScenario, index: int, vocabulary: Vocabulary) -> None:
    """Report why the arm's provider cannot fill in a template for it."""
    arm = parsed.form.arm[index]
    if arm.render == "client" or arm.provider not in vocabulary.providers:
        return
    if arm.provider not in vocabulary.templates:
        others = listed(sorted(vocabulary.templates)) or "none here"
        told = f"{arm.provider} fills in no template; these do: {others}"
        parsed.mistakes.add(("arm", index, "render"), told)
    elif arm.provider in vocabulary.stored_templates and isinstance(arm.server, ServerForm):
        told = (
            f"is for the embedded server: {arm.provider} fills in only stored templates, and benchkit stores none there"
        )
        parsed.mistakes.add(("arm", index, "render"), told)
    elif arm.messages_per_request == 1:
        told = "has no effect with one message a request: give the arm messages_per_request of 2 or more"
        parsed.mistakes.add(("arm", index, "render"), told)


def _provider_reason(parsed: ParsedScenario, index: int, vocabulary: Vocabulary) -> str:
    arm, limits = parsed.form.arm[index], vocabulary.batch_limits
    if arm.provider not in vocabulary.providers:
        return ""
    if arm.provider not in limits:
        return (
            f"{arm.provider} takes one message a request; several are taken by: {listed(sorted(limits)) or 'none here'}"
        )
    if arm.messages_per_request > limits[arm.provider]:
        return f"is more than {arm.provider} takes: at most {limits[arm.provider]}"
    return ""


def _client_reason(offers: ClientOffers | None) -> str:
    return "is not supported by this client: it sends one message a request" if offers and not offers.batches else ""


def _connection_reason(parsed: ParsedScenario, index: int) -> str:
    arm = parsed.form.arm[index]
    together = arm.messages_per_request
    if arm.connection == "fresh":
        return f"needs a connection that carries them: {{ messages = {together} }} is a new one for each request"
    if isinstance(arm.connection, ConnectionForm) and arm.connection.messages % together:
        return f"does not divide the {arm.connection.messages} messages of a connection: its last request would not be full"
    return ""


def _load_reason(parsed: ParsedScenario, index: int) -> str:
    load, together = parsed.form.load, parsed.form.arm[index].messages_per_request
    if load.model == "talk":
        return 'is for model = "throughput" or "open": "talk" sends one message at a time'
    if load.model == "throughput" and load.messages_per_block % (together * load.workers):
        whose = f" for each of {load.workers} workers" if load.workers > 1 else ""
        return f"does not divide the {load.messages_per_block} messages of a block{whose}: its last request would not be full"
    return ""
