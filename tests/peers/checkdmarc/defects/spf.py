"""SPF records, and the services that they include."""

from __future__ import annotations

from tests.peers.checkdmarc.defects.zone_text import Variants, txt


def spf(text: str) -> str:
    return txt("@", f"v=spf1 {text}")


def numbered(pattern: str, count: int) -> str:
    return "\n".join(pattern.format(number) for number in range(count))


def includes(count: int) -> str:
    return " ".join(f"include:n{number}.esp.example" for number in range(count))


SERVICES = "\n".join(
    (
        txt("ok", "v=spf1 ip4:198.51.100.0/24 -all"),
        txt("two", "v=spf1 -all", "v=spf1 ~all"),
        txt("bad", "v=spf1 moo -all"),
        txt("deep", "v=spf1 include:ok.esp.example a:host.esp.example -all"),
        txt("loop", "v=spf1 include:loop.esp.example -all"),
        txt("round", "v=spf1 include:again.esp.example -all"),
        txt("again", "v=spf1 include:round.esp.example -all"),
        txt("other", "not SPF"),
        "\n".join(txt(f"n{number}", f"v=spf1 ip4:198.51.100.{number} -all") for number in range(12)),
        txt("mail", "v=spf1 ip4:192.0.2.25 -all") + "\nmail IN A 192.0.2.25\nelse IN A 192.0.2.27",
        "host IN A 198.51.100.25\nsix IN AAAA 2001:db8::25\n*._report._dmarc IN TXT v=DMARC1",
        "busy IN MX 10 host\n" + numbered("busy IN MX {0} m{0}", 11) + "\n" + numbered("m{0} IN A 198.51.100.{0}", 11),
    )
)
SPF: Variants = {
    "sound": spf("ip4:192.0.2.1 -all"),
    "none": "",
    "unrelated TXT": txt("@", "verify=1"),
    "two": txt("@", "v=spf1 -all", "v=spf1 mx -all"),
    "nobody": spf("-all"),
    "+all": spf("+all"),
    "no all": spf("ip4:192.0.2.1"),
    "terms after all": spf("-all ip4:192.0.2.1 a"),
    "redirect": spf("redirect=ok.esp.example"),
    "redirect beside all": spf("redirect=gone.esp.example -all"),
    "redirect to nothing": spf("redirect=gone.esp.example"),
    "redirect to itself": spf("redirect={d}"),
    "redirect twice": spf("redirect=ok.esp.example redirect=ok.esp.example"),
    "include": spf("include:deep.esp.example -all"),
    "include twice": spf("include:ok.esp.example include:ok.esp.example -all"),
    "include of a name without SPF": spf("include:other.esp.example -all"),
    "include of no name": spf("include:gone.esp.example -all"),
    "include of two": spf("include:two.esp.example -all"),
    "include of a bad one": spf("include:bad.esp.example -all"),
    "include of itself": spf("include:{d} -all"),
    "include in a circle": spf("include:round.esp.example -all"),
    "include behind all": spf("-all include:gone.esp.example"),
    "include without an answer": spf("include:dark.test -all"),
    "include by macro": spf("include:%{{d1r}}.esp.example -all"),
    "a": spf("a:host.esp.example -all"),
    "a for IPv6 only": spf("a:six.esp.example -all"),
    "a of no name": spf("a:gone.esp.example -all"),
    "two voids": spf("a:gone.esp.example a:lost.esp.example -all"),
    "three voids": spf("a:gone.esp.example a:lost.esp.example a:void.esp.example -all"),
    "three voids of one family": spf("a:six.esp.example a:six.esp.example a:six.esp.example -all"),
    "mx": spf("mx -all"),
    "mx of none": spf("mx:host.esp.example -all"),
    "mx of twelve": spf("mx:busy.esp.example -all"),
    "ptr": spf("ptr -all"),
    "exists by macro": spf("exists:%{{ir}}.%{{v}}._spf.{d} -all"),
    "ten lookups": spf(includes(10) + " -all"),
    "eleven lookups": spf(includes(11) + " -all"),
    "eleven lookups by mx": spf("mx " + includes(9) + " -all"),
    "unknown mechanism": spf("ipv4:192.0.2.1 -all"),
    "unknown mechanism behind all": spf("-all moo"),
    "ip4 of three": spf("ip4:192.0.2 -all"),
    "ip4 with a zero in front": spf("ip4:192.0.02.1 -all"),
    "ip4 /33": spf("ip4:192.0.2.1/33 -all"),
    "ip4 with host bits": spf("ip4:192.0.2.1/24 -all"),
    "ip4=": spf("ip4=192.0.2.1 -all"),
    "ip4 with a space": spf("ip4: 192.0.2.1 -all"),
    "ip6 with one colon less": spf("ip6:2001:db8:1 -all"),
    "ip6 /129": spf("ip6:2001:db8::1/129 -all"),
    "ip6 of IPv4": spf("ip6:192.0.2.1 -all"),
    "a with an address": spf("a:192.0.2.1 -all"),
    "a with prefixes": spf("a:host.esp.example/24//64 -all"),
    "a with a bad prefix": spf("a/024 -all"),
    "a of a label": spf("a:mail -all"),
    "a with a final dot": spf("a:host.esp.example. -all"),
    "include without a domain": spf("include -all"),
    "all with an argument": spf("-all:x"),
    "comma": spf("ip4:192.0.2.1, -all"),
    "macro that is none": spf("include:%{{z}}.esp.example -all"),
    "macro cut off": spf("include:%{{d.esp.example -all"),
    "per cent alone": spf("include:100%.esp.example -all"),
    "unknown modifier": spf("new=1 ip4:192.0.2.1 -all"),
    "unknown modifier twice": spf("new=1 new=2 ip4:192.0.2.1 -all"),
    "exp": spf("-all exp=why.{d}") + "\n" + txt("why", "%{{i}} is not one of our servers"),
    "exp to nothing": spf("-all exp=gone.{d}"),
    "exp twice": spf("-all exp=why.{d} exp=why.{d}"),
    "upper case": txt("@", "V=SPF1 IP4:192.0.2.1 A:HOST.ESP.EXAMPLE -ALL"),
    "version 10": txt("@", "v=spf10 -all"),
    "version and semicolon": txt("@", "v=spf1; ip4:192.0.2.1 -all"),
    "version alone": txt("@", "v=spf1"),
    "blank in front": txt("@", " v=spf1 -all"),
    "blanks within": txt("@", "v=spf1  ip4:192.0.2.1   -all "),
    "tab within": txt("@", "v=spf1 ip4:192.0.2.1\t-all").replace("\t", "\\009"),
    "quotes within": txt("@", '"v=spf1 -all"'),
    "octets that are no ASCII": txt("@", "v=spf1 include:b") + '"\\252cher.example -all"',
    "in two strings": '@ IN TXT "v=spf1 ip4:192.0" ".2.1 -all"',
    "in two strings that leave a blank out": '@ IN TXT "v=spf1 ip4:192.0.2.1" "-all"',
}
