"""The arguments of `benchkit audit`, each with its help: what the verb takes, apart from what it does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Domains = Annotated[
    list[str] | None, typer.Argument(help="Domains; a file of them, one a line; or - for standard input.")
]

# where the answers come from
Zones = Annotated[
    list[Path] | None,
    typer.Option(
        "--zone", metavar="FILE", help="Answer from this zone file, before it is published; may be given again."
    ),
]
Replay = Annotated[Path | None, typer.Option(metavar="FILE", help="Answer from a recording, offline.")]
Record = Annotated[Path | None, typer.Option(metavar="FILE", help="Write every answer to this file.")]
Servers = Annotated[
    list[str] | None,
    typer.Option("--nameserver", "-n", help="Ask this server: an address, tls://… or https://…; may be given again."),
]

# what is known of the mail
Ip = Annotated[str, typer.Option("--ip", help="Evaluate SPF for mail from this address.")]
Helo = Annotated[str, typer.Option("--helo", help="… that greets with this name.")]
MailFrom = Annotated[str, typer.Option("--mail-from", help="… and this envelope sender.")]
Selectors = Annotated[list[str] | None, typer.Option("--selector", help="A DKIM selector in use; may be given again.")]
Message = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Judge this message too: signatures, alignment, headers.")
]
ScenarioFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Judge the mail that this scenario's arms would send.")
]

# what may be asked beyond the resolver
Connect = Annotated[
    bool,
    typer.Option("--connect", help="Connect to the MX hosts and the MTA-STS policy: STARTTLS, certificates, TLSA."),
]
Authorities = Annotated[
    bool, typer.Option("--authorities", help="Ask every name server of the zone itself whether they agree.")
]
Blocklists = Annotated[bool, typer.Option("--blocklists", help="Ask DNS blocklists about the addresses that send.")]
NsecWalk = Annotated[bool, typer.Option("--nsec-walk", help="Find selectors by walking a zone signed with NSEC.")]

# how it is told
AsJson = Annotated[bool, typer.Option("--json", help="JSON: one object, or a list for several domains.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="CSV, one row a domain.")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Markdown.")]
AsJunit = Annotated[bool, typer.Option("--junit", help="JUnit XML.")]
AsSarif = Annotated[bool, typer.Option("--sarif", help="SARIF, with --zone.")]
FailOn = Annotated[
    str, typer.Option("--fail-on", metavar="warn|fail", help="End with 3 where a finding is at least this bad.")
]
Baseline = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Show only what has changed since this --json output.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show what has passed too.")]
