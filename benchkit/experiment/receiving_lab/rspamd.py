"""rspamd as a milter: its own rules without remote lists, and the lab's DNS.

Rules that depend on a reputation, or on earlier mail, are off: the verdict is on content and authentication.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.experiment.receiving_lab.server_process import HOST, serving

# What asks the network, needs a database, or judges by other mail
OFF = (
    "rbl fuzzy_check phishing asn multimap mx_check greylist ratelimit replies history_redis neural reputation "
    "url_redirector bayes_expiry whitelist surbl mid arc"
)
COMPILING_S = 120.0  # the first start compiles its expressions, and keeps them
_SETTINGS = {
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
    "headers_group.conf": 'symbols {{ "DATE_IN_PAST" {{ weight = 0; }} }}',  # every batch has the same fixed Date
    "actions.conf": "reject = 1000; add_header = 6; greylist = 999;",
    **{f"{module}.conf": "enabled = false;" for module in OFF.split()},
}


@contextmanager
def serve_rspamd(folder: Path, root: Path, *, milter: int, dns: int) -> Iterator[None]:
    """`root`: where rspamd's package is unpacked, or "/"."""
    installed = root == Path("/")
    cache = Path.home() / ".cache" / "benchkit" / "rspamd" if installed else root / "cache"
    conf, share = folder / "conf", root / "usr/share/rspamd"
    shutil.copytree(root / "etc/rspamd", conf)
    for name in ("local.d", "override.d"):  # what the machine's administrator has set is not part of the lab
        shutil.rmtree(conf / name, ignore_errors=True)
        (conf / name).mkdir()
    for name, text in _SETTINGS.items():
        (conf / "local.d" / name).write_text(text.format(dns=dns, milter=milter, cache=cache) + "\n", "utf-8")
    for path in (folder / "run", folder / "log", cache):
        path.mkdir(exist_ok=True, parents=True)
    paths = {
        "CONFDIR": conf,
        "LOCAL_CONFDIR": conf,
        "RULESDIR": share / "rules",
        "SHAREDIR": share,
        "DBDIR": cache,
        "LUALIBDIR": share / "lualib",
        "PLUGINSDIR": share / "plugins",
        "RUNDIR": folder / "run",
        "LOGDIR": folder / "log",
        "WWWDIR": share / "www",
    }
    command: list[str | Path] = [root / "usr/bin/rspamd", "-f", "-i", "-c", conf / "rspamd.conf"]
    variables: list[str | Path] = [f"--var={name}={path}" for name, path in paths.items()]
    libraries = f"{root}/usr/lib/{platform.machine()}-linux-gnu:{root}/usr/lib/rspamd"
    environment = {} if installed else {"LD_LIBRARY_PATH": libraries}
    with serving(command + variables, folder, [(HOST, milter)], environment, start_s=COMPILING_S):
        yield
