"""What `messages_per_request` and `render` mean together with an arm's provider and connection, and with the load.

Law: as in rules.py. Every request of a closed loop is full, so that what a message costs is a number; an open load fills its
requests with what is due.
"""

from __future__ import annotations

from benchkit.errors import listed
from benchkit.model.client_offers import ClientOffers
from benchkit.scenario.arm_form import ArmForm, ConnectionForm
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


def check_render(parsed: ParsedScenario, index: int, vocabulary: Vocabulary, offers: ClientOffers | None) -> None:
    """Report why the arm's provider cannot fill in a template for it."""
    arm = parsed.form.arm[index]
    if arm.render == "client" or arm.provider not in vocabulary.providers:
        return
    if reason := _template_reason(arm, vocabulary) or _template_client_reason(arm, offers):
        parsed.mistakes.add(("arm", index, "render"), reason)


def _template_reason(arm: ArmForm, vocabulary: Vocabulary) -> str:
    """Where a request carries several messages the template can stand in it; otherwise it is stored before."""
    in_request, stored = vocabulary.templates, vocabulary.stored_templates
    if arm.render == "provider" and arm.messages_per_request > 1 and arm.provider in in_request:
        return ""
    if arm.provider not in stored:
        if arm.provider in in_request and arm.render == "stored":
            return f'is not supported by {arm.provider}: use render = "provider" with several messages a request'
        if arm.provider in in_request:
            return "has no effect with one message a request: give the arm messages_per_request of 2 or more"
        return f"{arm.provider} fills in no template; these do: {listed(sorted(in_request | stored)) or 'none here'}"
    if arm.server != "embedded":
        others = ', or use render = "provider" with several messages a request' if arm.provider in in_request else ""
        return f'is for the embedded server: benchkit stores no template with {arm.provider}: use render = "client"{others}'
    return ""


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


def _template_client_reason(arm: ArmForm, offers: ClientOffers | None) -> str:
    """Several messages a request have a rule of their own."""
    alone = arm.messages_per_request == 1
    return (
        "is not supported by this client: it sends no stored templates"
        if alone and offers and not offers.stored
        else ""
    )


def _connection_reason(parsed: ParsedScenario, index: int) -> str:
    arm = parsed.form.arm[index]
    together = arm.messages_per_request
    if arm.connection == "fresh":
        return f"needs a connection that carries several messages: {{ messages = {together} }} opens a new one for each request"
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
