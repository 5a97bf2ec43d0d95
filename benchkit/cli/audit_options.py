"""The arguments of `benchkit audit`, each with its help: what the verb takes, apart from what it does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

Texts = list[str] | None


@dataclass(frozen=True, slots=True)
class Given:
    """What the user has typed."""

    domains: Annotated[
        Texts,
        typer.Argument(metavar="DOMAIN", help="Domains; a file of them, one a line; or - for standard input."),
    ] = None

    # where the answers come from
    zones: Annotated[
        list[Path] | None,
        typer.Option(
            "--zone",
            metavar="FILE",
            help="Answer from this zone file, before it is published; may be given again. Without DOMAIN: all its domains.",
        ),
    ] = None
    live: Annotated[
        bool, typer.Option("--live", help="With --zone: ask live servers about names that the file does not hold.")
    ] = False
    fixed: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help='With one --zone: write the zone there with every change of "Publish now" and "Safe defaults" made.',
        ),
    ] = None
    replay: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Answer from a recording, offline, with its options.")
    ] = None
    record: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every answer, the options and the message to this file.")
    ] = None
    servers: Annotated[
        Texts,
        typer.Option(
            "--nameserver",
            "-n",
            metavar="SERVER",
            help="Ask this server: an address, tls://… or https://…; may be given again.",
        ),
    ] = None

    # what is known of the mail
    ip: Annotated[str, typer.Option(metavar="ADDRESS", help="Evaluate SPF for mail from this IP address.")] = ""
    helo: Annotated[str, typer.Option(metavar="NAME", help="With --ip: the HELO name.")] = ""
    mail_from: Annotated[
        str, typer.Option(metavar="ADDRESS", help="With --ip: the envelope sender; <> for a bounce.")
    ] = ""
    selectors: Annotated[
        Texts, typer.Option("--selector", metavar="NAME", help="A DKIM selector in use; may be given again.")
    ] = None
    message: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check this message too: signatures, alignment, headers.")
    ] = None
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check the mail that this scenario's arms would send.")
    ] = None

    reports: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="Read the DMARC and TLS reports in this folder or file (XML, JSON, zip, gz, mail, mbox, Maildir), "
            "or in an IMAP mailbox, as imaps://USER@HOST/FOLDER.",
        ),
    ] = None
    reports_password: Annotated[
        str | None,
        typer.Option(metavar="VARIABLE", help="The environment variable with the password of that IMAP mailbox."),
    ] = None

    # what may be asked beyond the resolver
    connect: Annotated[
        bool,
        typer.Option(
            "--connect",
            help="Connect to MX hosts (STARTTLS, certificates), and fetch the MTA-STS policy and BIMI's files.",
        ),
    ] = False
    authorities: Annotated[
        bool, typer.Option("--authorities", help="Ask every name server of the zone itself whether they agree.")
    ] = False
    dnssec: Annotated[
        bool,
        typer.Option("--dnssec", help="Validate DNSSEC here, from the root's keys, instead of trusting the resolver."),
    ] = False
    allow_private: Annotated[
        bool,
        typer.Option(
            "--allow-private",
            help="With --connect and --authorities: also your own private and reserved addresses.",
        ),
    ] = False
    blocklists: Annotated[
        bool, typer.Option("--blocklists", help="Ask DNS blocklists about the addresses that send.")
    ] = False
    nsec_walk: Annotated[
        bool, typer.Option("--nsec-walk", help="Find selectors by walking a zone signed with NSEC.")
    ] = False

    # the records for senders that the owner names, instead of an audit
    suggest: Annotated[
        str | None,
        typer.Option(
            metavar="SENDERS",
            help='Print the records to publish for these senders: "Google Workspace, SendGrid, 192.0.2.25". Asks no DNS.',
        ),
    ] = None

    # a list of recipients instead of a domain
    recipients: Annotated[
        Path | None,
        typer.Option(
            "--list",
            metavar="FILE",
            help="Split this CSV of recipients into a clean and a rejected one, with reasons. No mailbox is probed.",
        ),
    ] = None
    column: Annotated[
        str,
        typer.Option(metavar="NAME", help="With --list: the column with the addresses. By default benchkit finds it."),
    ] = ""
    suppressed: Annotated[
        list[Path] | None,
        typer.Option(
            "--suppressed",
            metavar="FILE",
            help="With --list: reject the addresses in this list (CSV, JSON), or what bounced in this run; may be given again.",
        ),
    ] = None
    keep: Annotated[
        Texts,
        typer.Option(
            "--keep", metavar="REASON", help="With --list: do not reject for this reason; may be given again."
        ),
    ] = None
    clean: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --list: write the rows to send to here. Default: FILE.clean.csv."),
    ] = None
    rejected: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --list: write the other rows here. Default: FILE.rejected.csv."),
    ] = None

    # output
    as_json: Annotated[bool, typer.Option("--json", help="JSON: one object, or a list for several domains.")] = False
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, one row a domain.")] = False
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Markdown.")] = False
    as_junit: Annotated[bool, typer.Option("--junit", help="JUnit XML.")] = False
    as_sarif: Annotated[bool, typer.Option("--sarif", help="SARIF, with --zone.")] = False
    fail_on: Annotated[
        Literal["warn", "fail"] | None, typer.Option(help="Exit with 3 if a finding is at least this bad.")
    ] = None
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Show only what has changed since this --json output.")
    ] = None
    history: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Keep this audit there, and show what has changed since the last one; for cron."
        ),
    ] = None
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also show what passed.")] = False
