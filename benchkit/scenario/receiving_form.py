"""The forms of the receiving lab: `[receiving_lab]`, and `[arm.relay]` of the arms that send on to it.

Law: one key at a time, as in form.py.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from benchkit.scenario.fields import HOST_NAME, FilePath, Form, Line, Name, about, shaped

_DOMAIN = shaped(f"|{HOST_NAME}", 'must be a domain name in ASCII, as "shop.example"')
_ADDRESS = shaped(rf"|[!-~]{{1,64}}@{HOST_NAME}", 'must be an address in ASCII, as "bounces@esp.example"')


class RelayForm(Form):
    """How an embedded server changes the mail that it sends on to the receiving lab, as a provider would."""

    tracking: Annotated[
        list[Literal["links", "pixel"]],
        Field(default_factory=list),
        about("What it adds to the HTML text: links that lead through the provider, and an open pixel."),
    ]
    footer: Annotated[Line | None, about("A line that it adds at the end of each text.")] = None
    text_part: Annotated[bool, about("Whether it keeps the plain text beside an HTML text.")] = True
    encoding: Annotated[
        Literal["base64", "quoted-printable"] | None, about("The transfer encoding of texts; default: the shortest.")
    ] = None
    removed_headers: Annotated[list[Name], Field(default_factory=list), about("Header fields that it removes.")]
    return_path: Annotated[str, _ADDRESS, about("The provider's envelope sender; default: the sender's own.")] = ""
    sign_as: Annotated[str, _DOMAIN, about("The domain that it signs as (DKIM, d=); default: it does not sign.")] = ""
    signed: Annotated[
        Literal["after", "before", "old key"],
        about('Signed after its changes, before them, or with an "old key" that DNS no longer holds.'),
    ] = "after"


class ReceivingLabForm(Form):
    """Real mail servers on loopback that take the run's mail: Postfix, rspamd, OpenDKIM, Dovecot."""

    required = ("zones",)
    zones: Annotated[
        list[FilePath],
        Field(default_factory=list),
        about("Zone files: SPF, DKIM, DMARC and MX as the receiver finds them."),
    ]
    sign_as: Annotated[
        str, _DOMAIN, about("The domain that the sender's own mail server signs as; default: that of message.from.")
    ] = ""
    wait_s: Annotated[
        float, Field(ge=0, le=86_400), about("Longest wait for mail that is still under way, in seconds.")
    ] = 60.0
