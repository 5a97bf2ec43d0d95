"""The DNS behind one question: `await ask(name, type)`; live, from zone files, or from a recording."""

from benchkit.resolver.zone import from_zone as from_zone
