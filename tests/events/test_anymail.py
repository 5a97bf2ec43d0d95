"""django-anymail takes what the sink posts, signatures and all, and finds the same events, where it is installed.

Settled differences: the words in `OTHER_WORDS`; anymail does not check SNS's signature; for SendGrid it takes a message's id
from an argument of its own.
"""

from __future__ import annotations

import base64
from importlib import import_module
from typing import Any

import pytest

from benchkit.events.webhooks import WEBHOOKS
from benchkit.model.event import Event, EventKind
from benchkit.model.exchange import Request
from tests.events.secrets_of import URL, secrets_of
from tests.events.test_webhooks import SILENT, event, post

anymail = pytest.importorskip("anymail")
settings: Any = import_module("django.conf").settings
if not settings.configured:
    settings.configure(ANYMAIL={"WEBHOOK_SECRET": "user:a-long-secret"}, ALLOWED_HOSTS=["*"], USE_TZ=True)
    import_module("django").setup()
K = EventKind
VIEWS = {
    "mailgun": ("mailgun.MailgunTrackingWebhookView", {"webhook_signing_key": secrets_of("mailgun")[1]}),
    "postmark": ("postmark.PostmarkTrackingWebhookView", {}),
    "resend": ("resend.ResendTrackingWebhookView", {"signing_secret": secrets_of("resend")[1]}),
    "sparkpost": ("sparkpost.SparkPostTrackingWebhookView", {}),
    "mailjet": ("mailjet.MailjetTrackingWebhookView", {}),
    "mailersend": ("mailersend.MailerSendTrackingWebhookView", {"signing_secret": secrets_of("mailersend")[1]}),
    "mandrill": (
        "mandrill.MandrillCombinedWebhookView",
        {"webhook_key": secrets_of("mandrill")[1], "webhook_url": URL},
    ),
    "brevo": ("brevo.BrevoTrackingWebhookView", {}),
    "mailtrap": ("mailtrap.MailtrapTrackingWebhookView", {}),
    "ses": ("amazon_ses.AmazonSESTrackingWebhookView", {}),
    "sendgrid": (
        "sendgrid.SendGridTrackingWebhookView",
        {"tracking_webhook_verification_key": secrets_of("sendgrid")[1]},
    ),
}
THEIRS = {K.ACCEPTED: {"queued", "sent"}} | {kind: {kind.value} for kind in K if kind is not K.ACCEPTED}
OTHER_WORDS = {
    ("resend", K.REJECTED): {"unknown"},
    ("mandrill", K.DELIVERED): {"unknown"},
    ("mailersend", K.DEFERRED): {"unknown"},
}
OTHER_WORDS |= {("brevo", K.REJECTED): {"rejected", "failed"}, ("ses", K.UNSUBSCRIBED): {"unknown"}}
OTHER_WORDS |= {("ses", K.DEFERRED): {"unknown"}}
OTHER_WORDS |= {("sparkpost", K.BOUNCED): {"bounced", "rejected"}}


def told_to_anymail(name: str, request: Request) -> list[Any]:
    path, options = VIEWS[name]
    module, _, view_name = path.partition(".")
    view = getattr(import_module(f"anymail.webhooks.{module}"), view_name).as_view(**options)
    headers = {
        f"HTTP_{key.upper().replace('-', '_')}": value for key, value in request.headers if key != "content-type"
    }
    headers["HTTP_AUTHORIZATION"] = f"Basic {base64.b64encode(b'user:a-long-secret').decode()}"
    factory = import_module("django.test").RequestFactory()
    found: list[Any] = []
    tracking = import_module("anymail.signals").tracking

    def heard(event: Any, **_: Any) -> None:
        found.append(event)

    tracking.connect(heard)
    try:
        answer = view(factory.generic("POST", "/", request.body, request.header("content-type"), **headers))
    finally:
        tracking.disconnect(heard)
    assert answer.status_code == 200
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("name", WEBHOOKS.names())
def test_anymail_finds_the_same(name: str, kind: EventKind, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind in SILENT.get(name, ()):
        return
    sent: Event = event(kind, name)
    if name == "resend":  # svix holds the timestamp against the clock
        monkeypatch.setattr("tests.events.test_webhooks.NOW", _now())
    (found,) = told_to_anymail(name, post(sent))
    assert found.event_type in OTHER_WORDS.get((name, kind), THEIRS[kind])
    assert (found.recipient or "").lower() == sent.recipient
    if name != "sendgrid":
        assert str(found.message_id or "").strip("<>").partition(".")[0] == sent.message_id


def _now() -> Any:
    from benchkit.events.webhooks.webhook import WebhookArrival
    from benchkit.model.clock import utc_now

    return WebhookArrival(URL, round(utc_now().timestamp()), "nonce")
