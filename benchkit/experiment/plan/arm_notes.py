"""Further facts about an arm in words, for `--dry-run`: profile, faults, limits and signature; and the run's retries."""

from __future__ import annotations

import math
from collections.abc import Iterator

from benchkit.model.host_names import is_loopback
from benchkit.model.plain_number import significant
from benchkit.model.retry import RetrySpec
from benchkit.model.scenario import ArmSpec, Delay, Fault, Limit, Render
from benchkit.providers import PROVIDERS
from benchkit.providers.idempotency import repeats_safely
from benchkit.providers.rendering import is_stored
from benchkit.providers.sandbox import SANDBOXES


def arm_notes(arm: ArmSpec) -> tuple[str, ...]:
    return tuple(_notes(arm))


def mean_ms(delay: Delay) -> float:
    if delay.distribution == "uniform":
        return (delay.a + delay.b) / 2
    return delay.a * math.exp(delay.b**2 / 2) if delay.distribution == "lognormal" else delay.a


def _notes(arm: ArmSpec) -> Iterator[str]:
    if arm.profile:
        yield f"the server behaves as the profile {arm.profile}"
    for fault in arm.faults:
        yield _fault(fault)
    if limits := ", ".join(_limits(arm.limit)):
        yield f"the server takes at most {limits}"
    if text := _template(arm):
        yield text
    if text := _no_sandbox(arm):
        yield text
    if repeats_safely(arm):
        yield "each mail has an idempotency key, so a second attempt does not send a second mail, even if the first is in doubt"
    if arm.dkim is not None:
        yield f"signed with DKIM (d={arm.dkim.domain}, s={arm.dkim.selector})"


def _template(arm: ArmSpec) -> str:
    if arm.render is Render.CLIENT:
        return ""
    stored = is_stored(PROVIDERS[arm.provider], arm.render, several=arm.messages_per_request > 1)
    where = "stored with the embedded server before the first message" if stored else "in each request"
    return f"the provider fills in the texts, from a template {where}"


def _no_sandbox(arm: ArmSpec) -> str:
    """For mail that a test mode could take, if the provider had one."""
    real = arm.provider and arm.server is not None and not is_loopback(arm.server.host)
    if not real or (arm.transport, arm.provider) in SANDBOXES:
        return ""
    return f"{arm.provider} has no test mode by {'API' if arm.transport == 'api' else 'SMTP'}"


def _fault(fault: Fault) -> str:
    what = [
        f"{fault.reply or fault.status}" if fault.reply or fault.status else "",
        f"the provider's answer {fault.answer}" if fault.answer else "",
        f"Retry-After {fault.retry_after_s:,} s" if fault.retry_after_s else "",
        f"a wait of {significant(mean_ms(fault.delay), 3)} ms on average" if fault.delay is not None else "",
        "the connection is dropped" if fault.drop else "",
    ]
    often = "" if fault.probability == 1 else f" in {significant(100 * fault.probability, 3)} % of all cases"
    return f"fault at {fault.at}: {', '.join(part for part in what if part)}{often}"


def _limits(limit: Limit) -> Iterator[str]:
    if limit.rate_per_s:
        yield f"{significant(limit.rate_per_s)} messages or requests a second"
    if limit.messages_per_connection:
        yield f"{limit.messages_per_connection:,} a connection"
    if limit.message_bytes:
        yield f"{limit.message_bytes:,} bytes a message"
    if limit.idle_s:
        yield f"{significant(limit.idle_s)} s without a message"


def retries_in_words(retry: RetrySpec) -> str:
    """Empty if each message is tried once."""
    if retry.attempts == 1:
        return ""
    wait = (
        f"{significant(retry.first_s)} s"
        if retry.backoff == "constant"
        else f"{significant(retry.first_s)} s, doubled up to {significant(retry.most_s)} s"
    )
    doubt = ", also where the server may have the message: it may be delivered twice" if retry.ambiguous else ""
    return f"at most {retry.attempts:,} attempts for a message, after a wait of {wait}{doubt}"
