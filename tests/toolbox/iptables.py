"""iptables for the engine of `toolbox.engine`: without it the names of containers do not resolve.

The engine sends what a container asks its resolver (127.0.0.11) to a port of its own by a rule within the container's
network; `--iptables=false` keeps it away from the machine's rules only.
"""

from pathlib import Path

from toolbox.debian import debian
from toolbox.once import locked

__all__ = ["iptables"]

_LIBRARIES = (
    "libxtables12",
    "libip4tc2",
    "libip6tc2",
    "libnftnl11",
    "libmnl0",
    "libnfnetlink0",
    "libnetfilter-conntrack3",
)


def iptables() -> Path:
    """Return a folder for PATH with the programs, which find their own libraries."""
    root = debian("iptables", *_LIBRARIES)
    place = root.with_name(f"{root.name}-programs")
    with locked(place):
        place.mkdir(exist_ok=True)
        (libraries,) = root.glob("usr/lib/*-linux-gnu")
        for name in ("iptables", "ip6tables"):
            program = place / name
            program.write_text(
                f"#!/bin/sh\nexport LD_LIBRARY_PATH={libraries} XTABLES_LIBDIR={libraries}/xtables\n"
                f'exec {root}/usr/sbin/xtables-nft-multi {name} "$@"\n',
                encoding="utf-8",
            )
            program.chmod(0o755)
    return place
