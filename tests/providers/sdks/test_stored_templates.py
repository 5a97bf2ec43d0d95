"""The providers' own SDKs store a template with the sink and send by it: the mail arrives with its texts filled in.

MailerSend's SDK cannot store one: the sink has it from its start. botocore knows every field of benchkit's own requests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.exchange import Credentials
from benchkit.model.identity import token_of
from benchkit.model.message import Address, Content
from benchkit.model.scenario import Security
from benchkit.providers.ses import PROVIDER as SES
from benchkit.sink import parse_body
from benchkit.testing.stored_template_suite import html_newsletter
from tests.providers.sdks.sdk_calls import amazon
from tests.providers.sdks.test_ses import unknown, with_blobs
from tests.sink.conftest import Running, running

__all__ = ["running"]
SECRET = "correct-horse"
SENDER, ANN = "shop@shop.example", "ann@x.example"
SUBJECT, TEXT, HTML = "Order {{{id}}}", "Dear {{{name}}},\nthank you.", "<p>Dear {{{name}}}</p>"
VALUES = {"id": "7", "name": "Ann & Bob"}
MAIL = Content(
    "Order 7", Address("", SENDER), (Address("", ANN),), "Dear Ann & Bob,\nthank you.", "<p>Dear Ann & Bob</p>"
)


def sendgrid(port: int) -> None:
    from sendgrid import SendGridAPIClient
    from sendgrid.helpers import mail as parts

    client = SendGridAPIClient(SECRET, host=f"http://127.0.0.1:{port}")
    made = client.client.templates.post(request_body={"name": "order", "generation": "dynamic"}).to_dict["id"]
    version = {"name": "1", "active": 1, "subject": SUBJECT, "plain_content": TEXT, "html_content": HTML}
    assert client.client.templates._(made).versions.post(request_body=version).status_code == 201
    mail = parts.Mail(SENDER, ANN)
    mail.template_id, mail.dynamic_template_data = made, VALUES
    assert client.send(mail).status_code == 202


def resend(port: int) -> None:
    import resend as sdk

    sdk.api_key, sdk.api_url = SECRET, f"http://127.0.0.1:{port}"
    variables: Any = [{"key": name, "type": "string", "fallback_value": ""} for name in VALUES]
    template: Any = {"name": "order", "subject": SUBJECT, "text": TEXT, "html": HTML, "variables": variables}
    made = sdk.Templates.create(template)["id"]
    sdk.Templates.publish(made)
    mail: Any = {"from": SENDER, "to": [ANN], "template": {"id": made, "variables": VALUES}}
    assert sdk.Emails.send(mail)["id"]


def postmark(port: int) -> None:
    from postmarker.core import PostmarkClient

    client = PostmarkClient(server_token=SECRET, root_api_url=f"http://127.0.0.1:{port}/")
    made = client.templates.create("order", SUBJECT, HtmlBody=HTML, TextBody=TEXT)
    client.emails.send_with_template(From=SENDER, To=ANN, TemplateId=made.TemplateId, TemplateModel=VALUES)


def ses(port: int) -> None:
    client = amazon(port, SECRET)
    client.create_email_template(TemplateName="order", TemplateContent={"Subject": SUBJECT, "Text": TEXT, "Html": HTML})
    template = {"TemplateName": "order", "TemplateData": '{"id":"7","name":"Ann & Bob"}'}
    client.send_email(FromEmailAddress=SENDER, Destination={"ToAddresses": [ANN]}, Content={"Template": template})


def ses_bulk(port: int) -> None:
    client = amazon(port, SECRET)
    client.create_email_template(TemplateName="order", TemplateContent={"Subject": SUBJECT, "Text": TEXT, "Html": HTML})
    own = {"ReplacementTemplate": {"ReplacementTemplateData": '{"name":"Ann & Bob"}'}}
    answer = client.send_bulk_email(
        FromEmailAddress=SENDER, DefaultContent={"Template": {"TemplateName": "order", "TemplateData": '{"id":"7"}'}},
        BulkEmailEntries=[{"Destination": {"ToAddresses": [ANN]}, "ReplacementEmailContent": own}],
    )  # fmt: skip
    assert [row["Status"] for row in answer["BulkEmailEntryResults"]] == ["SUCCESS"]


def mailjet(port: int) -> None:
    from mailjet_rest import Client

    url = f"http://127.0.0.1:{port}/"
    made = (
        Client(auth=("benchkit", SECRET), api_url=url).template.create(data={"Name": "order"}).json()["Data"][0]["ID"]
    )
    texts = [text.replace("{{{", "{{var:").replace("}}}", "}}") for text in (SUBJECT, TEXT, HTML)]
    content = {"Headers": {"Subject": texts[0]}, "Text-part": texts[1], "Html-part": texts[2]}
    stored = Client(auth=("benchkit", SECRET), api_url=url).template_detailcontent.create(id=made, data=content)
    assert stored.status_code == 201, stored.text
    message = {
        "From": {"Email": SENDER}, "To": [{"Email": ANN}], "TemplateID": made, "TemplateLanguage": True, "Variables": VALUES,
    }  # fmt: skip
    answer = Client(auth=("benchkit", SECRET), version="v3.1", api_url=url).send.create(data={"Messages": [message]})
    assert answer.json()["Messages"][0]["Status"] == "success"


def brevo(port: int) -> None:
    """A template has an HTML text only."""
    import httpx
    from brevo import Brevo

    with httpx.Client() as connection:
        client = Brevo(base_url=f"http://127.0.0.1:{port}/v3", api_key=SECRET, max_retries=0, httpx_client=connection)
        subject, html = (text.replace("{{{", "{{params.").replace("}}}", "}}") for text in (SUBJECT, HTML))
        made = client.transactional_emails.create_smtp_template(
            sender={"email": SENDER}, subject=subject, template_name="order", html_content=html, is_active=True
        )
        client.transactional_emails.send_transac_email(
            sender={"email": SENDER}, to=[{"email": ANN}], template_id=made.id, params=VALUES
        )


def mailersend(port: int) -> None:
    from mailersend import EmailBuilder, MailerSendClient

    message = (
        EmailBuilder()
        .from_email(SENDER)
        .to(ANN)
        .subject("Order {{id}}")
        .template("order")
        .personalize(ANN, **VALUES)
        .build()
    )
    client = MailerSendClient(api_key=SECRET, base_url=f"http://127.0.0.1:{port}/v1/", max_retries=0)
    try:
        assert client.emails.send(message).data["id"]
    finally:
        client.session.close()


def mailtrap(port: int) -> None:
    """Its client speaks HTTPS alone: here its URL is plain HTTP's, and all else is its own."""
    import mailtrap as sdk
    from mailtrap.api.resources.templates import TemplatesApi
    from mailtrap.api.sending import SendingApi
    from mailtrap.http import HttpClient

    client = HttpClient(host="", headers=sdk.MailtrapClient(token=SECRET).headers)
    client._url = lambda path: f"http://127.0.0.1:{port}/{path.lstrip('/')}"
    with client._session:
        template = sdk.CreateEmailTemplateParams("order", SUBJECT, "receipts", TEXT, HTML)
        made = TemplatesApi(client, "1").create(template)
        mail = sdk.MailFromTemplate(
            sender=sdk.Address(SENDER), to=[sdk.Address(ANN)], template_uuid=made.uuid, template_variables=VALUES
        )
        assert SendingApi(client=client).send(mail).success


HTML_ONLY = replace(MAIL, text="")
UPLOADS = {
    "mailersend": {
        "order": b'{"subject":"Your order","text":"Dear {{name}},\\nthank you.","html":"<p>Dear {{name}}</p>"}'
    }
}
SDKS: Mapping[str, tuple[str, Callable[[int], None], Content]] = {
    "sendgrid": ("sendgrid", sendgrid, MAIL),
    "resend": ("resend", resend, MAIL),
    "postmarker": ("postmark", postmark, MAIL),
    "boto3": ("ses", ses, MAIL),
    "boto3, bulk": ("ses", ses_bulk, MAIL),
    "mailjet_rest": ("mailjet", mailjet, MAIL),
    "brevo": ("brevo", brevo, HTML_ONLY),
    "mailersend": ("mailersend", mailersend, MAIL),
    "mailtrap": ("mailtrap", mailtrap, MAIL),
}


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdks_mail_of_a_stored_template_arrives_filled_in(sdk: str, running: Running) -> None:
    provider, call, expected = SDKS[sdk]
    uploads = UPLOADS.get(provider, {})
    sink = running(
        ListenerConfig(0, "api", Security.NONE, provider, password=SECRET, auth_required=True, uploads=uploads)
    )
    call(sink.port)
    ((_, (head, body)),) = sink.ledger.bodies.items()
    (mail,) = parse_body("api", provider, head, body)
    assert mail.content == expected
    assert mail.recipients == (ANN,)


def test_botocore_knows_every_field_of_a_stored_template() -> None:
    from botocore.validate import ParamValidator

    account, mails = Credentials(SECRET, {"tags": "kind=receipt"}), html_newsletter(with_text=True)[:2]
    bulk = SES.stored_batch(mails, account).request([0, 1], [token_of("0badcafe", n) for n in (1, 2)])
    for operation, body in (
        ("CreateEmailTemplate", SES.template(mails, account).body),
        ("SendEmail", SES.stored(mails, account)[0].body),
        ("SendBulkEmail", bulk.body),
    ):
        shape = amazon(1, SECRET).meta.service_model.operation_model(operation).input_shape
        document = with_blobs(json.loads(body))
        assert ParamValidator().validate(document, shape).generate_report() == ""
        assert unknown(document, shape) == []
