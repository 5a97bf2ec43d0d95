"""rspamd as a milter, unpacked: its own rules without remote lists, its DNS pointed at a server of the test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.requirements import need_unpacked
from tests.peers.servers.peer import HOST, free_ports, serving

# What asks the network, or needs a database
OFF = (
    "rbl fuzzy_check phishing asn multimap mx_check greylist ratelimit replies history_redis neural reputation "
    "url_redirector bayes_expiry whitelist surbl mid"
)
COMPILING_S = 120.0  # the first start compiles its expressions, and keeps them
SETTINGS = {
    "logging.inc": 'type = "console"; level = "warning";',
    "options.inc": (
        'filters = "chartable,dkim,regexp"; dns {{ nameserver = ["127.0.0.1:{dns}"]; timeout = 2s; }} '
        'hs_cache_dir = "{cache}"; local_addrs = ["192.0.2.0/32"];'
    ),
    "worker-normal.inc": "enabled = false;",
    "worker-controller.inc": "enabled = false;",
    "worker-proxy.inc": (
        'bind_socket = "127.0.0.1:{milter}"; milter = yes; timeout = 20s; count = 1; '
        'upstream "local" {{ default = yes; self_scan = yes; }}'
    ),
    "milter_headers.conf": (
        'use = ["authentication-results", "x-spamd-result"]; skip_local = false; skip_authenticated = false;'
    ),
    "spf.conf": "check_local = true; check_authed = true;",
    "dkim.conf": "check_local = true; check_authed = true;",
    "dmarc.conf": "check_local = true; check_authed = true;",
    "arc.conf": "enabled = false;",
    "actions.conf": "reject = 1000; add_header = 6; greylist = 999;",
    **{f"{module}.conf": "enabled = false;" for module in OFF.split()},
}


@contextmanager
def milter(yard: Path, dns_port: int) -> Iterator[str]:
    """Postfix's name of it: `inet:127.0.0.1:…`."""
    root = need_unpacked("rspamd")
    (port,) = free_ports(1)
    cache = root / "cache"
    conf, share = yard / "conf", root / "usr/share/rspamd"
    shutil.copytree(root / "etc/rspamd", conf)
    for name, text in SETTINGS.items():
        (conf / "local.d" / name).write_text(text.format(dns=dns_port, milter=port, cache=cache) + "\n", "utf-8")
    for folder in (yard / "run", yard / "log", cache):
        folder.mkdir(exist_ok=True)
    paths = {
        "CONFDIR": conf,
        "LOCAL_CONFDIR": conf,
        "RULESDIR": share / "rules",
        "SHAREDIR": share,
        "DBDIR": cache,
        "LUALIBDIR": share / "lualib",
        "PLUGINSDIR": share / "plugins",
        "RUNDIR": yard / "run",
        "LOGDIR": yard / "log",
        "WWWDIR": share / "www",
    }
    command: list[str | Path] = [root / "usr/bin/rspamd", "-f", "-i", "-c", conf / "rspamd.conf"]
    libraries = f"{root}/usr/lib/x86_64-linux-gnu:{root}/usr/lib/rspamd"
    variables: list[str | Path] = [f"--var={name}={path}" for name, path in paths.items()]
    with serving(command + variables, yard, [port], {"LD_LIBRARY_PATH": libraries}, start_s=COMPILING_S):
        yield f"inet:{HOST}:{port}"
