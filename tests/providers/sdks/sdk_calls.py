"""The providers' own SDKs, each asked for one rich mail: `call(port, secret)` sends it to a server on loopback.

It gives the id that the server answered. They are judges, not transports: what they write on the wire is what the providers'
own people think their API is.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from benchkit.batch import to_mime
from benchkit.model.identity import PLACEHOLDER
from benchkit.model.message import Address, Attachment, Content

LOGO = Attachment("logo.png", "image/png", b"\x89PNG\r\n\x1a\n", "logo.png")
TERMS = Attachment("terms.pdf", "application/pdf", b"%PDF\r\n")
CONTENT = Content(
    "Grüße: your order",
    Address("Shop", "shop@shop.example"),
    (Address("Ann", "ann@x.example"),),
    "hello\nyou",
    "<p>hello</p>",
    cc=(Address("", "cy@x.example"),),
    reply_to=(Address("", "help@shop.example"),),
    attachments=(LOGO, TERMS),
    headers=(("X-Campaign", "spring"),),
)
MIME = to_mime(CONTENT).replace(PLACEHOLDER, b"nobody-asked-for-this")
BLIND = "blind@x.example"
RECIPIENTS = ("ann@x.example", "cy@x.example", BLIND)


def encoded(file: Attachment) -> str:
    return b64encode(file.data).decode()


def sendgrid(port: int, secret: str) -> str:
    from sendgrid import SendGridAPIClient
    from sendgrid.helpers import mail as parts

    mail = parts.Mail(
        parts.From("shop@shop.example", "Shop"), parts.To("ann@x.example", "Ann"), CONTENT.subject, CONTENT.text, CONTENT.html
    )  # fmt: skip
    mail.add_cc(parts.Cc("cy@x.example"))
    mail.add_bcc(parts.Bcc(BLIND))
    mail.reply_to = parts.ReplyTo("help@shop.example")
    mail.add_header(parts.Header("X-Campaign", "spring"))
    for file in (TERMS, LOGO):  # the SDK puts each before those that were added before it
        mail.add_attachment(
            parts.Attachment(
                parts.FileContent(encoded(file)), parts.FileName(file.name), parts.FileType(file.content_type),
                parts.Disposition("inline" if file.content_id else "attachment"), parts.ContentId(file.content_id or None),
            )
        )  # fmt: skip
    answer = SendGridAPIClient(secret, host=f"http://127.0.0.1:{port}").send(mail)
    assert answer.status_code == 202
    return str(answer.headers["X-Message-Id"])


def resend(port: int, secret: str) -> str:
    import resend as sdk

    sdk.api_key, sdk.api_url = secret, f"http://127.0.0.1:{port}"
    files = [
        {"filename": file.name, "content": encoded(file), "content_type": file.content_type}
        | ({"content_id": file.content_id} if file.content_id else {})
        for file in CONTENT.attachments
    ]
    params: Any = {
        "from": "Shop <shop@shop.example>", "to": ["Ann <ann@x.example>"], "cc": ["cy@x.example"], "bcc": [BLIND],
        "reply_to": "help@shop.example", "subject": CONTENT.subject, "text": CONTENT.text, "html": CONTENT.html,
        "headers": {"X-Campaign": "spring"}, "attachments": files,
    }  # fmt: skip
    return str(sdk.Emails.send(params)["id"])


def postmark(port: int, secret: str) -> str:
    from postmarker.core import PostmarkClient

    files = [(file.name, encoded(file), file.content_type) for file in (TERMS,)]
    inline = [(LOGO.name, encoded(LOGO), LOGO.content_type, f"cid:{LOGO.content_id}")]
    client = PostmarkClient(server_token=secret, root_api_url=f"http://127.0.0.1:{port}/")
    answer = client.emails.send(
        From="Shop <shop@shop.example>", To="Ann <ann@x.example>", Cc="cy@x.example", Bcc=BLIND, ReplyTo="help@shop.example",
        Subject=CONTENT.subject, TextBody=CONTENT.text, HtmlBody=CONTENT.html, Headers={"X-Campaign": "spring"},
        Attachments=[*inline, *files],
    )  # fmt: skip
    assert answer["ErrorCode"] == 0
    return str(answer["MessageID"])


def postmark_python(port: int, secret: str) -> str:
    """Postmark's own; without its retries, which would wait for seconds."""
    import asyncio

    from postmark import ServerClient
    from postmark.models.outbound import Email

    files = [
        {"Name": file.name, "Content": encoded(file), "ContentType": file.content_type}
        | ({"ContentID": f"cid:{file.content_id}"} if file.content_id else {})
        for file in CONTENT.attachments
    ]
    mail = Email.model_validate(
        {
            "From": "Shop <shop@shop.example>", "To": "Ann <ann@x.example>", "Cc": "cy@x.example", "Bcc": BLIND,
            "ReplyTo": "help@shop.example", "Subject": CONTENT.subject, "TextBody": CONTENT.text, "HtmlBody": CONTENT.html,
            "Headers": [{"Name": "X-Campaign", "Value": "spring"}], "Attachments": files,
        }
    )  # fmt: skip

    async def send() -> Any:
        async with ServerClient(secret, retries=0, base_url=f"http://127.0.0.1:{port}") as client:
            return await client.outbound.send(mail)

    answer = asyncio.run(send())
    assert answer.success, answer
    return str(answer.message_id)


def mailgun(port: int, secret: str) -> str:
    """Without its retries, which would wait for seconds. It gives the response whatever its status is."""
    from mailgun.client import Client
    from mailgun.config import RetryPolicy

    form = {
        "from": "Shop <shop@shop.example>", "to": "Ann <ann@x.example>", "cc": "cy@x.example", "bcc": BLIND,
        "subject": CONTENT.subject, "text": CONTENT.text, "html": CONTENT.html, "h:Reply-To": "help@shop.example",
        "h:X-Campaign": "spring",
    }  # fmt: skip
    files = [
        ("inline" if file.content_id else "attachment", (file.name, file.data, file.content_type))
        for file in CONTENT.attachments
    ]
    url, once = f"http://127.0.0.1:{port}", RetryPolicy(max_retries=0)
    with Client(auth=("api", secret), api_url=url, retry_policy=once) as client:
        answer = client.messages.create(data=form, files=files, domain="shop.example")
    answer.raise_for_status()
    return str(answer.json()["id"])


def amazon(port: int, secret: str) -> Any:
    """Without its retries, which would wait for seconds."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sesv2", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{port}", aws_access_key_id="benchkit",
        aws_secret_access_key=secret, config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip


def ses(port: int, secret: str) -> str:
    files = [
        {"RawContent": file.data, "FileName": file.name, "ContentType": file.content_type,
         "ContentDisposition": "INLINE" if file.content_id else "ATTACHMENT"}
        | ({"ContentId": file.content_id} if file.content_id else {})
        for file in CONTENT.attachments
    ]  # fmt: skip
    simple = {
        "Subject": {"Data": CONTENT.subject}, "Body": {"Text": {"Data": CONTENT.text}, "Html": {"Data": CONTENT.html}},
        "Headers": [{"Name": "X-Campaign", "Value": "spring"}], "Attachments": files,
    }  # fmt: skip
    answer = amazon(port, secret).send_email(
        FromEmailAddress="Shop <shop@shop.example>", ReplyToAddresses=["help@shop.example"], Content={"Simple": simple},
        Destination={"ToAddresses": ["Ann <ann@x.example>"], "CcAddresses": ["cy@x.example"], "BccAddresses": [BLIND]},
    )  # fmt: skip
    return str(answer["MessageId"])


def ses_raw(port: int, secret: str) -> str:
    answer = amazon(port, secret).send_email(
        Destination={"ToAddresses": list(RECIPIENTS)}, Content={"Raw": {"Data": MIME}}
    )
    return str(answer["MessageId"])


def ses_bulk(port: int, secret: str) -> str:
    template = {
        "TemplateContent": {"Subject": CONTENT.subject, "Text": "{{greeting}}\nyou", "Html": "<p>{{greeting}}</p>"},
        "TemplateData": '{"greeting":"hi"}',
        "Headers": [{"Name": "X-Campaign", "Value": "spring"}],
        "Attachments": [
            {
                "RawContent": file.data,
                "FileName": file.name,
                "ContentType": file.content_type,
                "ContentId": file.content_id,
            }
            if file.content_id
            else {"RawContent": file.data, "FileName": file.name, "ContentType": file.content_type}
            for file in CONTENT.attachments
        ],
    }
    people = {"ToAddresses": ["Ann <ann@x.example>"], "CcAddresses": ["cy@x.example"], "BccAddresses": [BLIND]}
    own = {"ReplacementTemplate": {"ReplacementTemplateData": '{"greeting":"hello"}'}}
    answer = amazon(port, secret).send_bulk_email(
        FromEmailAddress="Shop <shop@shop.example>", ReplyToAddresses=["help@shop.example"],
        DefaultContent={"Template": template},
        BulkEmailEntries=[{"Destination": people, "ReplacementEmailContent": own}],
    )  # fmt: skip
    (row,) = answer["BulkEmailEntryResults"]
    assert row["Status"] == "SUCCESS", row
    return str(row["MessageId"])


def mailjet(port: int, secret: str) -> str:
    from mailjet_rest import Client

    files = [
        {"Filename": file.name, "ContentType": file.content_type, "Base64Content": encoded(file)}
        | ({"ContentID": file.content_id} if file.content_id else {})
        for file in CONTENT.attachments
    ]
    message = {
        "From": {"Email": "shop@shop.example", "Name": "Shop"}, "To": [{"Email": "ann@x.example", "Name": "Ann"}],
        "Cc": [{"Email": "cy@x.example"}], "Bcc": [{"Email": BLIND}], "ReplyTo": {"Email": "help@shop.example"},
        "Subject": CONTENT.subject, "TextPart": CONTENT.text, "HTMLPart": CONTENT.html,
        "Headers": {"X-Campaign": "spring"}, "InlinedAttachments": files[:1], "Attachments": files[1:],
    }  # fmt: skip
    client = Client(auth=("benchkit", secret), version="v3.1", api_url=f"http://127.0.0.1:{port}/")
    answer = client.send.create(data={"Messages": [message]})
    return str(answer.json()["Messages"][0]["To"][0]["MessageID"])


def brevo(port: int, secret: str) -> str:
    """It has no inline images."""
    import httpx
    from brevo import Brevo

    with httpx.Client() as connection:
        client = Brevo(base_url=f"http://127.0.0.1:{port}/v3", api_key=secret, max_retries=0, httpx_client=connection)
        answer = client.transactional_emails.send_transac_email(
            sender={"email": "shop@shop.example", "name": "Shop"}, to=[{"email": "ann@x.example", "name": "Ann"}],
            cc=[{"email": "cy@x.example"}], bcc=[{"email": BLIND}], reply_to={"email": "help@shop.example"},
            subject=CONTENT.subject, text_content=CONTENT.text, html_content=CONTENT.html, headers={"X-Campaign": "spring"},
            attachment=[{"name": TERMS.name, "content": encoded(TERMS)}],
        )  # fmt: skip
    return str(answer.message_id)


def mailersend(port: int, secret: str) -> str:
    from mailersend import EmailBuilder, MailerSendClient

    message = (
        EmailBuilder().from_email("shop@shop.example", "Shop").to("ann@x.example", "Ann").cc("cy@x.example").bcc(BLIND)
        .reply_to("help@shop.example").subject(CONTENT.subject).text(CONTENT.text).html(CONTENT.html)
        .header("X-Campaign", "spring").attach_content(LOGO.data, LOGO.name, "inline")
        .attach_content(TERMS.data, TERMS.name).build()
    )  # fmt: skip
    message.attachments[0].id = LOGO.content_id  # the builder has no word for it
    client = MailerSendClient(api_key=secret, base_url=f"http://127.0.0.1:{port}/v1/", max_retries=0)
    try:
        return str(client.emails.send(message).data["id"])
    finally:
        client.session.close()


def mailtrap(port: int, secret: str) -> str:
    """Its client speaks HTTPS alone: here its URL is plain HTTP's, and all else is its own."""
    import mailtrap as sdk
    from mailtrap.api.sending import SendingApi
    from mailtrap.http import HttpClient

    client = HttpClient(host="", headers=sdk.MailtrapClient(token=secret).headers)
    client._url = lambda path: f"http://127.0.0.1:{port}/{path.lstrip('/')}"
    files = [
        sdk.Attachment(
            content=encoded(file).encode(), filename=file.name, mimetype=file.content_type,
            disposition=sdk.Disposition.INLINE if file.content_id else sdk.Disposition.ATTACHMENT,
            content_id=file.content_id or None,
        )
        for file in CONTENT.attachments
    ]  # fmt: skip
    mail = sdk.Mail(
        sender=sdk.Address("shop@shop.example", "Shop"), to=[sdk.Address("ann@x.example", "Ann")],
        cc=[sdk.Address("cy@x.example")], bcc=[sdk.Address(BLIND)], reply_to=sdk.Address("help@shop.example"),
        subject=CONTENT.subject, text=CONTENT.text, html=CONTENT.html, headers={"X-Campaign": "spring"}, attachments=files,
    )  # fmt: skip
    with client._session:
        return str(SendingApi(client=client).send(mail).message_ids[0])


SDKS: Mapping[str, tuple[str, Callable[[int, str], str]]] = {
    "sendgrid": ("sendgrid", sendgrid),
    "resend": ("resend", resend),
    "postmarker": ("postmark", postmark),
    "postmark-python": ("postmark", postmark_python),
    "mailgun": ("mailgun", mailgun),
    "boto3, simple": ("ses", ses),
    "boto3, raw": ("ses", ses_raw),
    "boto3, bulk": ("ses", ses_bulk),
    "mailjet_rest": ("mailjet", mailjet),
    "brevo": ("brevo", brevo),
    "mailersend": ("mailersend", mailersend),
    "mailtrap": ("mailtrap", mailtrap),
}
