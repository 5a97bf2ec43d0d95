"""The English of every notice (model/notice.py): one sentence for each code, what is wrong first, then what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from benchkit.model.counts import with_counts, with_singular
from benchkit.model.notice import Code, Notice
from benchkit.model.plain_number import significant
from benchkit.model.summary import Summary
from benchkit.report.numbers import percent

_TCP_SETTINGS = {
    "client_congestion": "TCP congestion controls at the client",
    "server_congestion": "TCP congestion controls at the server",
    "nodelay": "settings of TCP_NODELAY",
    "pacing_limit": "TCP pacing limits (bytes/s)",
}
_WAYS_OUT = {
    "leave-machine": "stop other programs on this machine",
    "more-cores": "use a machine with more cores",
    "more-workers": "set workers = {workers}",
    "lower-rate": "set a lower rate_per_s in [load]",
    "lower-concurrency": "set a lower concurrency in [load]",
    "talk": 'compare with model = "talk" in [load]',
    "do-not-block": "let no client block the loop",
}

_MOST_PLACES = 5  # that a line names


def text(notice: Notice) -> str:
    """The sentence, with what it is about in front."""
    sentence = statement(notice)
    return f"{notice.subject}: {sentence}" if notice.subject else sentence


def texts(notices: Iterable[Notice]) -> tuple[str, ...]:
    return tuple(text(notice) for notice in notices)


def statement(notice: Notice) -> str:
    """Without its subject."""
    made = _TEXTS[notice.code]
    return with_singular(with_counts(made, notice.arguments) if isinstance(made, str) else made(notice.arguments))


def warning_lines(summary: Summary) -> tuple[str, ...]:
    """Subjects of which the same is said share one line; all arms together need no names."""
    subjects: dict[str, list[str]] = {}
    for notice in summary.warnings:
        subjects.setdefault(statement(notice), []).append(notice.subject)
    return tuple(_line(sentence, sharing, len(summary.arms)) for sentence, sharing in subjects.items())


def _line(sentence: str, sharing: list[str], arms: int) -> str:
    if not all(sharing):
        return sentence
    return f"{'every arm' if len(sharing) == arms > 1 else '; '.join(sharing)}: {sentence}"


def _run_broke(numbers: Mapping[str, Any]) -> str:
    """A run of an older version has its cause among the warnings only."""
    log = f"; {numbers['log']} in its folder has what its processes printed" if numbers.get("log") else ""
    return f"the run broke: {numbers.get('cause') or 'one of its processes died or reported a bug'}{log}"


def _security(numbers: Mapping[str, Any]) -> str:
    return security_difference(numbers["without"], numbers["with_tls"])


def security_difference(without: Sequence[str], with_tls: Sequence[str]) -> str:
    """The plan says the same."""
    return (
        f"arms that are compared differ in security: without TLS {_quoted(without)}; with TLS {_quoted(with_tls)}. TLS costs "
        "round trips on a new connection and processor time for every message, so the difference in time is not the "
        "protocols' alone. Set the same security in both, with TLS or without"
    )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _in_doubt(numbers: Mapping[str, Any]) -> str:
    started = "it was started and has" if numbers["count"] == 1 else "they were started and have"
    whose = "its" if numbers["count"] == 1 else "their"
    return (
        f"{numbers['count']:,} sends are in doubt: {started} no record, because {whose} process died or "
        f"still runs. Between {numbers['accepted']:,} and {numbers['most']:,} messages were accepted"
    )


def _recovered(numbers: Mapping[str, Any]) -> str:
    return (
        "the run was not closed and was recovered from its files; a crash of the machine may have lost their end: "
        f"{numbers['missing']:,} accepted messages without an arrival, {numbers['unaccounted']:,} arrivals without a record, "
        f"{numbers['unread']:,} arrivals without their content"
    )


def _tcp_settings(numbers: Mapping[str, Any]) -> str:
    values = with_counts("{arm} {value}, {other} {other_value}", numbers)
    return f"{_TCP_SETTINGS[numbers['setting']]} differ: {values}"


def _stood_still(numbers: Mapping[str, Any]) -> str:
    blocks = ", ".join(numbers["blocks"])
    who = "this machine or its processes"
    return f"{who} stood still for {numbers['seconds']:.1f} s: block {blocks} is left out for every arm"


def _outlying(numbers: Mapping[str, Any]) -> str:
    places, times, unit = numbers["places"], numbers["times"], numbers["unit"]
    named = ", ".join(places[:_MOST_PLACES]) + (", …" if len(places) > _MOST_PLACES else "")
    far = f"{significant(times, 2)} times as long as" if times > 1 else f"{significant(1 / times, 2)} times as fast as"
    return (
        f"{len(places)} of {numbers['count']} measured {unit} (number {named}) are far from the others, up to {far} the median "
        "one: the mean and the tail depend on how often such times come, and their intervals may be too narrow. Find the "
        f"cause, or measure more {unit}"
    )


def _late(numbers: Mapping[str, Any]) -> str:
    own = f", {numbers['own']:,} of them although a connection was free" if numbers["own"] else ""
    return f"{numbers['count']:,} of {numbers['started']:,} messages started more than 1 ms late{own}"


def _busy(numbers: Mapping[str, Any]) -> str:
    return (
        f"benchkit itself needed its processor {percent(numbers['wanted'])} of the time "
        f"(for {percent(numbers['queued'])} it waited for a core; {_ways_out(numbers)})"
    )


def _lagged(numbers: Mapping[str, Any]) -> str:
    share = percent(numbers["share"])
    return f"its event loop was blocked for a tenth of the time of {share} of the messages ({_ways_out(numbers)})"


def _late_although_free(numbers: Mapping[str, Any]) -> str:
    share = percent(numbers["share"])
    return f"it started {share} of the messages over 1 ms late although a connection was free ({_ways_out(numbers)})"


def _ways_out(numbers: Mapping[str, Any]) -> str:
    ways = ", or ".join(_WAYS_OUT[way].format(**numbers) for way in numbers["ways_out"])
    return "; ".join(filter(None, (f"at most {percent(numbers['most'])}", ways)))


_TEXTS: Mapping[Code, str | Callable[[Mapping[str, Any]], str]] = {
    Code.RUN_BROKE: _run_broke,
    Code.MACHINE_SLEPT: (
        "this machine slept for {seconds:.1f} s during the run, so its times are not valid: "
        "run it again on a machine that stays awake"
    ),
    Code.NOTHING_ACCEPTED: "nothing measured: no message outside the warm-up was accepted",
    Code.RECORDS_NOT_PLANNED: "{count} records are of sends that are not in the plan or were recorded already",
    Code.SENDS_IN_DOUBT: _in_doubt,
    Code.MESSAGES_MISSING: "{count} messages missing: accepted and never arrived",
    Code.MESSAGES_DUPLICATED: "{count} messages duplicated: arrived more than once",
    Code.OTHER_RECIPIENTS: "{count} messages arrived for other recipients than those that the server accepted",
    Code.OTHER_SENDER: "{count} messages arrived with another envelope sender",
    Code.MESSAGES_ALTERED: "{count} messages altered: arrived with other content",
    Code.ARRIVALS_UNACCOUNTED: (
        "{count} arrivals unaccounted for: of sends that failed or never started, or of another run"
    ),
    Code.AA_DIFFERS: (
        "A/A differs: {arm} takes {ratio:.3f}× the time of {reference} [{low:.3f}, {high:.3f}], although both send in the "
        "same way. The measurement is biased: run it again without other load on the machine"
    ),
    Code.ARM_MISSING: "{count} of {started} messages missing",
    Code.ARM_DUPLICATED: "{count} of {started} messages duplicated",
    Code.ARM_ALTERED: "{count} of {started} messages altered",
    Code.ARM_OTHER_RECIPIENTS: "{count} of {started} messages for other recipients",
    Code.ARM_OTHER_SENDER: "{count} of {started} messages with another envelope sender",
    Code.FAILURE_RATES_DIFFER: "failure rates differ: {arm} {failed} of {started}, {other} {other_failed} of {other_started}",
    Code.REFUSED_RECIPIENTS_DIFFER: (
        "refused recipients differ: {arm} {refused} of {recipients}, {other} {other_refused} of {other_recipients}"
    ),
    Code.SERVERS_DIFFER: (
        "their times cannot be compared: {embedded} uses benchkit's own server, which only answers, and {other} uses a real "
        "one"
    ),
    Code.CONNECTIONS_NOT_NEW: "{count} messages went over a connection that was not new",
    Code.TOO_MANY_CONNECTIONS: "{made} connections, but its connection setting ({policy}) needs {foreseen} at most",
    Code.RETRANSMITS: "TCP retransmitted during {count} of {started} messages",
    Code.CONGESTION_NOT_IN_FORCE: "the {end}'s TCP congestion control is {found}, not {asked}",
    Code.TCP_SETTINGS_DIFFER: _tcp_settings,
    Code.TURNS_DISAGREE: "{counted:g} round trips were counted and {seen} seen on the wire",
    Code.TIME_UNEXPLAINED: (
        "{percent:.0f} % of its median time is neither round trips nor processing: the cause is not known"
    ),
    Code.GENERATOR_LIMITED: "benchkit itself was the limit, not the server",
    Code.BOTH_ARMS_FAILED: "in {count} of {blocks} blocks half or more of both arms' messages failed: these have no ratio",
    Code.TOO_FEW_BLOCKS: "too few blocks: needs {needs}",
    Code.INTERVAL_ACROSS_ROPE: "the interval contains a limit of the ROPE",
    Code.RECORDED: "{text}",
    Code.INTERRUPTED: "the run was interrupted: {unsent} of {planned} sends were never started",
    Code.RECOVERED: _recovered,
    Code.ARRIVALS_UNREAD: "{count} arrivals could not be compared: there was no space to store their content",
    Code.STOOD_STILL: _stood_still,
    Code.NOT_AS_REGISTERED: (
        "run.json was changed after the first send: its scenario, ROPE, confidence, thresholds, load or batch is not what was "
        "registered, so its verdicts do not answer the registered question"
    ),
    Code.NO_AA: "no A/A arm, so the error of this measurement is not known: add an arm with the same settings as the baseline",
    Code.AA_NOT_TESTED: "A/A was not tested: the rule needs {needs} {unit}, and this run has {blocks}",
    Code.ARRIVALS_NOT_OBSERVED: "benchkit cannot see the arrivals of: {arms}",
    Code.SANDBOXES_DIFFER: (
        "times in a sandbox and times of real mail cannot be compared, because a test mode may answer sooner: {tested} sent "
        "in the provider's test mode, {real} did not. Give all arms the same sandbox"
    ),
    Code.SECURITY_DIFFERS: _security,
    Code.TWO_GROUPS: "times form two groups: {percent:.0f} % of the messages take {times:.1f} times as long",
    Code.SLOW_BEGINNING: (
        "the first {blocks} measured blocks were slower (median {before_ms:.3g} ms before, {after_ms:.3g} ms after): "
        "use more warm-up blocks"
    ),
    Code.SLOW_STARTS: (
        "the first measured block was slower in {count} of {starts} starts of an arm, by {percent:.0f} % in the median: "
        "use more warm-up blocks"
    ),
    Code.TIMES_CHANGED: (
        "times changed near measured block {block} of {blocks} "
        "(median {before_ms:.3g} ms before, {after_ms:.3g} ms after)"
    ),
    Code.TIMES_RESEMBLE: (
        "the times of consecutive {unit} resemble each other (correlation {correlation:.2f}), so that the arm's own intervals "
        "may be too narrow: measure more {unit}, or start the processes several times (restarts in [load])"
    ),
    Code.BLOCKS_OUTLYING: _outlying,
    Code.BLOCKS_INCOMPLETE: "{count} of {blocks} blocks left out because they are incomplete",
    Code.BLOCKS_UNDEFINED: "{count} blocks left out because too many messages failed in both arms",
    Code.BLOCKS_FAILED: "in {count} of {blocks} blocks one arm failed: they count as slower than any other",
    Code.RATIOS_RESEMBLE: (
        "the ratios of consecutive blocks resemble each other (correlation {correlation:.2f}), so that the interval is too "
        "narrow: start the processes several times (restarts in [load])"
    ),
    Code.MESSAGES_FAILED: "{count} of {started} messages failed",
    Code.P95_NEEDS: "a 95th percentile needs {needs} {unit}",
    Code.NEVER_STARTED: "{count} planned messages were never started",
    Code.WAITED_FOR_CORE: (
        "the generator waited for a core more than a tenth of the time: stop other programs on this machine"
    ),
    Code.LATE_STARTS: _late,
    Code.PROCESSOR_BUSY: _busy,
    Code.LOOP_STOOD_STILL: _lagged,
    Code.LATE_ALTHOUGH_FREE: _late_although_free,
}
