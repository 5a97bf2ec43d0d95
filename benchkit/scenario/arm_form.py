"""The form of one `[[arm]]`: every key with its type, range, default and a line of explanation.

Law: one key at a time. What a key means together with others is in arm_rules.py; build.py makes the values of
model/scenario.py.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from benchkit.scenario.fields import (
    HOST_NAME,
    PLAIN,
    SELECTOR,
    TABLE,
    Count,
    FilePath,
    Form,
    Milliseconds,
    Name,
    about,
    shaped,
    table_or_plain,
)
from benchkit.scenario.receiving_form import RelayForm


class SecretForm(Form):
    """Where a secret is read from: exactly one of the three."""

    env: Annotated[Name | None, about("The environment variable that holds the secret.")] = None
    file: Annotated[FilePath | None, about("The file that holds the secret, relative to the scenario.")] = None
    netrc: Annotated[Name | None, about("The host whose password is in ~/.netrc.")] = None


class ServerForm(Form):
    """A server that is not embedded."""

    required = ("host", "port")
    host: Annotated[Name, about("Host name or address.")] = ""
    port: Annotated[int, Field(ge=1, le=65535), about("TCP port.")] = 0


class ConnectionForm(Form):
    """A connection that is closed after so many messages."""

    required = ("messages",)
    messages: Annotated[int, Field(ge=1, le=1_000_000), about("Messages that one connection carries.")] = 1


class DelayForm(Form):
    """A delay drawn from a distribution."""

    required = ("distribution",)
    distribution: Annotated[
        Literal["constant", "uniform", "exponential", "lognormal"],
        about("The distribution that the delay is drawn from."),
    ] = "constant"
    value: Annotated[Milliseconds | None, about("constant: the delay in ms.")] = None
    low: Annotated[Milliseconds | None, about("uniform: the shortest delay in ms.")] = None
    high: Annotated[Milliseconds | None, about("uniform: the longest delay in ms.")] = None
    mean: Annotated[Milliseconds | None, about("exponential: the mean in ms.")] = None
    median: Annotated[Milliseconds | None, about("lognormal: the median in ms.")] = None
    sigma: Annotated[float | None, Field(ge=0, le=10), about("lognormal: the standard deviation of the logarithm.")] = (
        None
    )


DelayKey = Annotated[
    Annotated[Milliseconds, Tag(PLAIN)] | Annotated[DelayForm, Tag(TABLE)], Discriminator(table_or_plain)
]


class FaultForm(Form):
    """One thing that goes wrong at the embedded server."""

    required = ("at",)
    at: Annotated[str, about("The point of the dialogue.")] = ""
    probability: Annotated[
        float, Field(gt=0, le=1), about("Chance that it happens, each time the point is reached.")
    ] = 1.0
    reply: Annotated[str, about('SMTP reply, as "450 4.2.1 busy".')] = ""
    status: Annotated[int, Field(ge=400, le=599), about("HTTP status.")] = 0
    answer: Annotated[str, about("One of the provider's own answers, by its name.")] = ""
    retry_after_s: Annotated[int, Field(ge=0, le=86_400), about("Retry-After of the HTTP response, in seconds.")] = 0
    delay_ms: Annotated[DelayKey | None, about("A wait before going on: milliseconds, or a distribution.")] = None
    drop: Annotated[bool, about("Drop the connection there.")] = False


class LimitForm(Form):
    """The embedded server's limits; 0 is none."""

    messages_per_connection: Annotated[
        int, Field(ge=0, le=1_000_000), about("Messages before it closes a connection.")
    ] = 0
    rate_per_s: Annotated[float, Field(ge=0), about("Messages per second that it accepts.")] = 0.0
    burst: Annotated[
        int, Field(ge=1, le=1_000_000), about("Messages that it accepts at once before the rate limit applies.")
    ] = 1
    idle_s: Annotated[float, Field(ge=0, le=3600), about("Seconds of silence before it closes a connection.")] = 0.0
    message_bytes: Annotated[
        int, Field(ge=0, le=50_000_000), about("Size in bytes of the largest message that it accepts.")
    ] = 0


Share = Annotated[float, Field(ge=0, le=1)]


class FateForm(Form):
    """What the embedded server's webhooks tell of mail that it has accepted; the rest is delivered."""

    recipients: Annotated[str, about("Recipients that it applies to; * matches anything. The first match counts.")] = (
        "*"
    )
    bounced: Annotated[Share, about("Share that bounces for good.")] = 0.0
    soft_bounced: Annotated[Share, about("Share that is given up after failures that might have passed.")] = 0.0
    rejected: Annotated[Share, about("Share that the provider itself does not send.")] = 0.0
    deferred: Annotated[Share, about("Share that is delivered only at the second try.")] = 0.0
    opened: Annotated[Share, about("Share of the delivered that a person opens.")] = 0.0
    opened_by_programs: Annotated[Share, about("Share of the delivered whose images a privacy proxy loads.")] = 0.0
    clicked: Annotated[Share, about("Share of the delivered in which a link is followed.")] = 0.0
    complained: Annotated[Share, about("Share of the delivered that is reported as spam.")] = 0.0
    unsubscribed: Annotated[Share, about("Share of the delivered whose recipient unsubscribes.")] = 0.0
    delay_ms: Annotated[
        DelayKey, about("From accepted to delivered, by the events' own times: ms, or a distribution.")
    ] = 1000.0


MOST_ENVID = 100  # RFC 3461 §4.4
EnvelopeId = Annotated[str, Field(min_length=1, max_length=MOST_ENVID), shaped("[ -~]*", "must be printable ASCII")]


class DsnForm(Form):
    """The delivery status notifications that an smtp arm asks for (RFC 3461)."""

    ret: Annotated[Literal["full", "hdrs"] | None, about("How much of the message a report returns.")] = None
    envid: Annotated[
        EnvelopeId | None,
        about("The name of the envelope in reports; {identity} stands for the identity of each send."),
    ] = None
    notify: Annotated[
        list[Literal["never", "success", "failure", "delay"]],
        Field(default_factory=list),
        about('When to report: "never" alone, or some of "success", "failure", "delay".'),
    ]
    orcpt: Annotated[bool, about("Name each recipient as the original one.")] = False


class FailoverForm(Form):
    """The arm that takes what this one's server does not take."""

    required = ("arm",)
    arm: Annotated[Name, about("The name of the other arm.")] = ""
    ambiguous: Annotated[
        bool, about("Also where this arm's server may have the message: it may then arrive twice.")
    ] = False


class DkimForm(Form):
    """The DKIM signature that an smtp arm makes (RFC 6376)."""

    required = ("domain", "selector", "key")
    domain: Annotated[
        str,
        shaped(HOST_NAME, 'must be a domain name in ASCII, as "shop.example" (a name in another script as xn--…)'),
        about("The signing domain, d=."),
    ] = ""
    selector: Annotated[
        str,
        shaped(SELECTOR, 'must be labels of letters, digits and hyphens, as "mail" or "s1.eu"'),
        about("The selector, s=."),
    ] = ""
    key: Annotated[
        SecretForm | None,
        about("Where the private key is read from, RSA or Ed25519, in PEM: an env variable or a file."),
    ] = None


ConnectionKey = Annotated[
    Annotated[Literal["fresh", "reuse"], Tag(PLAIN)] | Annotated[ConnectionForm, Tag(TABLE)],
    Discriminator(table_or_plain),
]
ServerKey = Annotated[
    Annotated[Literal["embedded", "provider", "receiving-lab"], Tag(PLAIN)] | Annotated[ServerForm, Tag(TABLE)],
    Discriminator(table_or_plain),
]


FailoverKey = Annotated[
    Annotated[Name, Tag(PLAIN)] | Annotated[FailoverForm, Tag(TABLE)], Discriminator(table_or_plain)
]


class ArmForm(Form):
    """One way to send."""

    required = ("name", "transport")
    name: Annotated[Name, about("Name of the arm in reports; each arm needs its own.")] = ""
    transport: Annotated[str, about("The protocol.")] = ""
    client: Annotated[str | None, about("The library that sends; needed if there are several.")] = None
    baseline: Annotated[bool, about("The arm that the others are compared with.")] = False
    server: Annotated[
        ServerKey, about("The server: benchkit's own, the provider's, the receiving lab's sender, or another.")
    ] = "embedded"
    provider: Annotated[str, about("Whose API it is, or whose SMTP relay.")] = ""
    profile: Annotated[
        str, about("The relay or API that the embedded server behaves as; `benchkit predict` knows the same.")
    ] = ""
    options: Annotated[
        dict[str, str], Field(default_factory=dict), about("The provider's own settings; by SMTP as its header fields.")
    ]
    messages_per_request: Annotated[
        Count, about("api: messages that one request carries, of a provider that takes several.")
    ] = 1
    render: Annotated[
        Literal["client", "provider", "stored"],
        about(
            "api: who fills in the texts: the client, or the provider from a template, in the request or stored before."
        ),
    ] = "client"
    connection: Annotated[ConnectionKey, about("How long a connection is used.")] = "reuse"
    security: Annotated[
        Literal["none", "starttls", "implicit"] | None,
        about(
            'How TLS comes in; default of api "implicit", of smtp "starttls", without a provider at the embedded server "none".'
        ),
    ] = None
    auth: Annotated[str, about("smtp: the mechanism to log in with.")] = ""
    username: Annotated[Name | None, about("smtp: the user name of the login.")] = None
    password: Annotated[SecretForm | None, about("smtp: where the password is read from.")] = None
    api_key: Annotated[SecretForm | None, about("api: where the key is read from.")] = None
    dsn: Annotated[DsnForm, Field(default_factory=DsnForm), about("smtp: the delivery status notifications asked for.")]
    dkim: Annotated[DkimForm | None, about("smtp: the DKIM signature that each message leaves with.")] = None
    dialogue: Annotated[str, about("smtp: how commands are grouped; each client has its own list.")] = "step"
    timeout_s: Annotated[
        float, Field(gt=0, le=3600), about("Longest time for one step, from the write to the whole reply, in seconds.")
    ] = 30.0
    congestion: Annotated[
        str,
        shaped("[a-z0-9_-]{1,15}", 'must be a name that a kernel may know, as "cubic", "bbr" or "reno"'),
        about('TCP congestion control of its connections; "cubic" where the kernel allows it.'),
    ] = ""
    ca_file: Annotated[FilePath | None, about("PEM file of the authorities that sign the server's certificate.")] = None
    fault: Annotated[list[FaultForm], Field(default_factory=list), about("What goes wrong at the embedded server.")]
    limit: Annotated[LimitForm, Field(default_factory=LimitForm), about("Limits of the embedded server.")]
    fate: Annotated[
        list[FateForm], Field(default_factory=list), about("What the embedded server's webhooks tell of its mail.")
    ]
    sandbox: Annotated[
        bool | None, about("The provider's own test mode, which delivers to no one; the default beyond loopback.")
    ] = None
    failover: Annotated[
        FailoverKey | None, about("The arm by whose way a message is sent that this arm's server does not take.")
    ] = None
    relay: Annotated[
        RelayForm | None, about("How the embedded server changes the mail that it sends on to the receiving lab.")
    ] = None
