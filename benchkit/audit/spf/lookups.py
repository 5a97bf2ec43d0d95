"""What SPF's mechanisms find in the DNS, without counting: addresses, MX hosts, validated names (RFC 7208 §5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from benchkit.audit.spf.lookup_limits import EvaluationStopped
from benchkit.audit.spf.names import is_at_or_below, query_name, reverse_name
from benchkit.audit.spf.result import SpfResult
from benchkit.model.dns import Answer, AnswerState, Ask, Record

HOST_LIMIT = 10  # MX hosts of a term, and names of a PTR (§4.6.4)
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def address_type(ip: Address) -> str:
    """The type of an address's family."""
    return "A" if ip.version == 4 else "AAAA"


def require_answer(answer: Answer) -> tuple[Record, ...]:
    """The records of an answer that has come; raises EvaluationStopped (temperror) for one that has not (§5)."""
    if not answer.state.known:
        raise EvaluationStopped(SpfResult.TEMPERROR, f"{answer.type} {answer.name}: {answer.state}")
    return answer.records


def addresses(records: Iterable[Record]) -> Iterator[Address]:
    """The addresses of A and AAAA records; what is none is skipped."""
    for record in records:
        try:
            yield ip_address(record.text)
        except ValueError:
            continue


def hosts_of(answer: Answer) -> tuple[str, ...]:
    """The hosts of an MX answer that can be asked for, most preferred first; a null MX has none."""
    in_order = sorted(answer.records, key=lambda record: (record.preference, record.target))
    return tuple(host for record in in_order if (host := query_name(record.target)))


def covers(records: Iterable[Record], prefix: int, ip: Address) -> bool:
    """Whether one of the addresses, widened to the prefix length, holds the sender's."""
    return any(ip in widened(found, prefix) for found in addresses(records) if found.version == ip.version)


def widened(address: Address, prefix: int) -> Network:
    """The network of that prefix length around an address."""
    return ip_network(f"{address}/{prefix}", strict=False)


async def mx_covers(ask: Ask, name: str, prefix: int, ip: Address) -> bool:
    """§5.4: the hosts' addresses are looked up together, and judged in the order of preference."""
    answer = await ask(name, "MX")
    if len(require_answer(answer)) > HOST_LIMIT:
        raise EvaluationStopped(SpfResult.PERMERROR, f"{name} has more than {HOST_LIMIT} MX records")
    found = await asyncio.gather(*(ask(host, address_type(ip)) for host in hosts_of(answer)))
    return any(covers(require_answer(each), prefix, ip) for each in found)


async def validated_names(ask: Ask, ip: Address) -> tuple[str, ...]:
    """§5.5: the names that the address's PTR records give and that lead back to it. DNS errors only cost the name."""
    answer = await ask(reverse_name(ip), "PTR")
    names = [name for record in answer.records[:HOST_LIMIT] if (name := query_name(record.target))]
    found = await asyncio.gather(*(ask(name, address_type(ip)) for name in names))
    return tuple(
        name
        for name, each in zip(names, found, strict=True)
        if each.state is AnswerState.OK and ip in addresses(each.records)
    )


def best_name(names: Iterable[str], domain: str) -> str:
    """What %{p} shows (§7.3): the domain itself, else a name below it, else any, else `unknown`."""
    current = domain.lower().removesuffix(".")
    ranked = sorted(names, key=lambda name: (name != current, not is_at_or_below(name, current)))
    return ranked[0] if ranked else "unknown"
