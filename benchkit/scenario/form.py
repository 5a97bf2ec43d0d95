"""The form that a scenario file fills in: every key with its type, range, default and a line of explanation.

Law: one key at a time. What a key means together with others is in rules.py; build.py makes the values of model/scenario.py.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from benchkit.scenario.arm_form import ArmForm, SecretForm
from benchkit.scenario.fields import Count, FilePath, Form, Line, Milliseconds, Name, Seed, Sweep, about, shaped
from benchkit.scenario.receiving_form import ReceivingLabForm

Amount = Annotated[float, Field(gt=0, le=1_000_000_000)]
Percent = Annotated[float, Field(ge=0, le=100)]
Price = Annotated[float, Field(ge=0, le=1_000_000)]
Ratio = Annotated[float, Field(gt=0, le=1000)]
CONCURRENCY = {"talk": 1, "throughput": 1, "open": 64}  # where none is given


class MessageForm(Form):
    """What is sent: from a template and a CSV file, or inline, or mail of the user's own."""

    either = ("from", "eml")
    sender: Annotated[Line, Field(alias="from"), about('Sender, as "Shop <receipts@shop.example>".')] = ""
    eml: Annotated[
        FilePath | None, about("Mail of your own: a pattern of .eml files, an mbox or a Maildir, sent byte for byte.")
    ] = None
    anonymise: Annotated[
        bool, about("eml: addresses and names are replaced, in all places alike, before anything is sent or stored.")
    ] = False
    template: Annotated[FilePath | None, about("Path without suffix of .subject, .txt and .html.")] = None
    recipients: Annotated[FilePath | None, about("CSV file; its columns are the template's variables.")] = None
    subaddress: Annotated[
        bool, about("Rows that are used again go to a subaddress of their recipient: ann+1@shop.example (RFC 5233).")
    ] = False
    attachments: Annotated[list[FilePath], Field(default_factory=list), about("Files attached to every message.")]
    count: Annotated[Count | None, about("Distinct messages in the batch.")] = None
    seed: Annotated[Seed, about("Seed of all random values in the messages.")] = 1
    subject: Annotated[Line | None, about("inline: the subject.")] = None
    text: Annotated[str | None, Field(min_length=1), about("inline: the plain text.")] = None
    text_bytes: Annotated[
        int | None, Field(ge=1, le=50_000_000), about("inline: bytes of seeded filler, instead of text.")
    ] = None
    html: Annotated[str | None, Field(min_length=1), about("inline: the HTML text.")] = None
    to: Annotated[list[Line] | None, Field(min_length=1), about("inline: the recipients of every message.")] = None
    cc: Annotated[list[Line], Field(default_factory=list), about("Further recipients, named in the mail.")]
    bcc: Annotated[list[Line], Field(default_factory=list), about("Further recipients, in the envelope only.")]
    reply_to: Annotated[list[Line], Field(default_factory=list), about("Where replies go (Reply-To).")]
    envelope_from: Annotated[
        Annotated[str, Field(max_length=998, pattern=r"^[^\x00-\x1f\x7f]*$")] | None,
        about('Return path of SMTP and JMAP; default: the address of from. "" is the null sender.'),
    ] = None
    headers: Annotated[
        dict[Name, Line], Field(default_factory=dict), about("Further header fields, such as List-Unsubscribe.")
    ]
    priority: Annotated[
        str,
        shaped(
            r"high|normal|low|.*(\{\{|\{%).*", 'must be "high", "normal" or "low", or a template of the row\'s columns'
        ),
        about('"high", "normal" or "low": Importance, X-Priority and Priority.'),
    ] = "normal"
    language: Annotated[Line | None, about("Content-Language, as en or pt-BR.")] = None


class LoadForm(Form):
    """How much is sent, and when."""

    model: Annotated[
        Literal["talk", "throughput", "open"],
        about("talk: one at a time; throughput: several senders, each waiting for its answer; open: by a schedule."),
    ] = "talk"
    blocks: Annotated[Count, about("Blocks; each holds every arm once, and is the unit of analysis.")] = 30
    messages_per_block: Annotated[Count, about("Messages of each arm in a block.")] = 10
    warmup_blocks: Annotated[
        int, Field(ge=0, le=1_000_000), about("Warm-up blocks: recorded, and left out of every number.")
    ] = 1
    until: Annotated[
        Literal["blocks", "decided"],
        about('"blocks": send all blocks; "decided": end at a planned look at which every contrast is decided.'),
    ] = "blocks"
    max_blocks: Annotated[
        Count | None, about('until = "decided": maximum number of blocks; the first look is after `blocks`.')
    ] = None
    restarts: Annotated[
        int,
        Field(ge=1, le=1000),
        about("How often the processes are started within the run; the blocks are divided among the starts."),
    ] = 1
    concurrency: Annotated[
        Annotated[int, Field(ge=1, le=10_000)] | None,
        about(
            "Senders at once: of a throughput load (1), or at most of an open one (64); a busy one makes the next send late."
        ),
    ] = None
    workers: Annotated[
        int, Field(ge=1, le=1024), about("Processes that each arm's senders are spread over; at most one a core.")
    ] = 1
    deadline_s: Annotated[
        Annotated[float, Field(gt=0, le=86_400)] | None,
        about("Longest time for one message, connecting included, in seconds; default: only each step is bounded."),
    ] = None
    rate_per_s: Annotated[float, Field(gt=0, le=1_000_000), about("open: messages per second.")] = 1.0
    arrivals: Annotated[Literal["poisson", "constant"], about("open: how the schedule spaces the messages.")] = (
        "poisson"
    )
    seed: Annotated[Seed, about("Seed of the order of arms and of the schedule.")] = 1


class NetworkForm(Form):
    """The lab's link; every key is one value, or a list of values to try, each a condition."""

    rtt_ms: Annotated[Sweep[Milliseconds] | None, about("Round-trip time in ms.")] = None
    jitter_ms: Annotated[Sweep[Milliseconds] | None, about("Spread of the delay in ms.")] = None
    bandwidth_mbit: Annotated[Sweep[Amount] | None, about("Bandwidth in Mbit/s.")] = None
    loss_percent: Annotated[Sweep[Percent] | None, about("Packets lost, in percent.")] = None
    queue_kb: Annotated[Sweep[Amount] | None, about("Bytes that may queue at the link, in kB.")] = None


class EventsForm(Form):
    """A receiver of webhooks, beside the run: what becomes of the messages."""

    listen: Annotated[
        str,
        shaped(
            r"(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]|localhost):\d{1,5}", 'must be ADDRESS:PORT, as "127.0.0.1:8025"'
        ),
        about("Where it listens; port 0 is a free one. For a real provider, put it behind your own tunnel."),
    ] = "127.0.0.1:0"
    wait_s: Annotated[
        float, Field(ge=0, le=86_400), about("Seconds that the run waits for events after the last message.")
    ] = 0.0
    url: Annotated[str, about("The public address of the receiver, which Mandrill signs.")] = ""
    secrets: Annotated[
        dict[str, SecretForm],
        Field(default_factory=dict),
        about("Where the webhook secret of each provider is read from."),
    ]
    repeated: Annotated[float, Field(ge=0, le=1), about("Share of their events that embedded servers post twice.")] = (
        0.0
    )
    shuffled: Annotated[bool, about("Embedded servers post their events in any order.")] = False


class ImapForm(Form):
    """The account of a test recipient."""

    required = ("host", "username", "password")
    host: Annotated[Name, about("Host name or address of the IMAP server.")] = ""
    port: Annotated[int, Field(ge=1, le=65535), about("TCP port.")] = 993
    username: Annotated[Name, about("User name of the login.")] = ""
    password: Annotated[SecretForm | None, about("Where the password is read from.")] = None
    security: Annotated[
        Literal["implicit", "starttls", "none"], about('How TLS comes in; "none" at servers on this machine only.')
    ] = "implicit"
    ca_file: Annotated[FilePath | None, about("PEM file of the authorities that sign the server's certificate.")] = None


class MailboxForm(Form):
    """A test recipient's mailbox, read back after the run: a Maildir or IMAP."""

    required = ("name",)
    either = ("maildir", "imap")
    name: Annotated[Name, about("What reports call it, as the recipient's address.")] = ""
    maildir: Annotated[FilePath | None, about("A Maildir on this machine.")] = None
    imap: Annotated[ImapForm | None, about("An account that is read by IMAP.")] = None
    wait_s: Annotated[
        float, Field(ge=0, le=86_400), about("Longest wait for mail that is still under way, in seconds.")
    ] = 60.0


class VerdictForm(Form):
    """What counts as a difference, set before the run."""

    rope: Annotated[
        list[Ratio], Field(min_length=2, max_length=2, default_factory=lambda: [0.90, 1.10]),
        about("Ratios of time from low to high that count as no difference."),
    ]  # fmt: skip
    confidence: Annotated[float, Field(ge=0.5, lt=1), about("Confidence of every interval.")] = 0.95
    family: Annotated[
        Literal["each", "all"],
        about('What the confidence holds for: "each" contrast by itself, or "all" contrasts of the run together.'),
    ] = "each"


class CostForm(Form):
    """What sending costs, for the cost per thousand messages of each arm."""

    currency: Annotated[Name, about('Currency of the prices, as "USD".')] = "USD"
    per_thousand: Annotated[
        dict[Name, Price], Field(default_factory=dict),
        about("The provider's price of a thousand messages, by arm; * matches anything, the first match counts."),
    ]  # fmt: skip
    cpu_per_hour: Annotated[Price | None, about("Price of one core for an hour.")] = None
    egress_per_gb: Annotated[Price | None, about("Price of a gigabyte (10^9 bytes) that leaves.")] = None


class RetryForm(Form):
    """Trying again what the server did not take. Without it each message is tried once."""

    required = ("attempts",)
    attempts: Annotated[int, Field(ge=2, le=10), about("Attempts of one message, the first included.")] = 2
    backoff: Annotated[Literal["exponential", "constant"], about("How the wait grows: doubled each time, or not.")] = (
        "exponential"
    )
    first_s: Annotated[float, Field(gt=0, le=3600), about("The wait before the second attempt, in seconds.")] = 1.0
    most_s: Annotated[
        float,
        Field(gt=0, le=3600),
        about("The longest wait, also for Retry-After; if more is asked, the message is given up."),
    ] = 60.0
    jitter: Annotated[bool, about("Draw each wait between 0 and the whole of it.")] = True
    ambiguous: Annotated[
        bool, about("Try again also where the server may have the message: it may then arrive twice.")
    ] = False


class ScenarioForm(Form):
    """A benchkit scenario."""

    required = ("name", "message", "arm")
    name: Annotated[Name, about("Name of the scenario, in the run's folder and in reports.")] = ""
    question: Annotated[str, about("The question that the run is to answer, in a sentence.")] = ""
    allow_hosts: Annotated[list[Name], Field(default_factory=list), about("Hosts that real mail may be sent through.")]
    allow_recipients: Annotated[
        list[Name], Field(default_factory=list), about("Recipients that real mail may go to; * matches anything.")
    ]
    max_messages: Annotated[
        int, Field(ge=0, le=1_000_000_000), about("Maximum of real deliveries, each recipient of each message counted.")
    ] = 0
    allow_plaintext_auth: Annotated[
        bool, about("Passwords and keys may be sent without TLS, also beyond loopback, where others can read them.")
    ] = False
    allow_files_outside: Annotated[
        bool, about("Templates, recipients and attachments may be outside the scenario's folder.")
    ] = False
    message: Annotated[MessageForm, Field(default_factory=MessageForm), about("What is sent.")]
    load: Annotated[LoadForm, Field(default_factory=LoadForm), about("How many messages are sent, and when.")]
    network: Annotated[NetworkForm, Field(default_factory=NetworkForm), about("The network between the two ends.")]
    arm: Annotated[list[ArmForm], Field(min_length=1, default_factory=list), about("The ways to send, one table each.")]
    mailbox: Annotated[
        list[MailboxForm], Field(default_factory=list), about("Test recipients' mailboxes, read back after the run.")
    ]
    events: Annotated[EventsForm | None, about("A process that receives webhooks during the run.")] = None
    receiving_lab: Annotated[
        ReceivingLabForm | None, about("Real mail servers on loopback that take the run's mail.")
    ] = None
    verdict: Annotated[VerdictForm, Field(default_factory=VerdictForm), about("What counts as a difference.")]
    thresholds: Annotated[
        dict[str, str], Field(default_factory=dict), about("Limits that end the run with exit code 99.")
    ]
    retry: Annotated[RetryForm | None, about("What is tried again, and when.")] = None
    cost: Annotated[CostForm, Field(default_factory=CostForm), about("Prices, for the cost of each arm.")]
