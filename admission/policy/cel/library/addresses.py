"""IP addresses and their ranges: ``ip('10.0.0.1')``, ``cidr('10.0.0.0/8').containsIP(…)``."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, TypeAlias

from admission.policy.cel.library.function import function, is_a, joined, method, opaque, value_of

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_PREFIX = re.compile(r"(0|[1-9][0-9]{0,2})\Z", re.ASCII)


def _address(text: str) -> Address:
    """``ValueError`` where *text* is no address, or one with a zone, or an IPv4 address written as an IPv6 one."""
    try:
        found = ip_address(text)
    except ValueError:
        raise ValueError("not an IP address") from None
    if "%" in text or (isinstance(found, IPv6Address) and found.ipv4_mapped is not None):
        raise ValueError("not an IP address")
    return found


def _range(text: str) -> tuple[Address, int]:
    written, _, prefix = text.partition("/")
    address = _address(written)
    if not _PREFIX.match(prefix) or int(prefix) > address.max_prefixlen:
        raise ValueError("not a CIDR")
    return address, int(prefix)


def _network(address: Address, prefix: int) -> Network:
    return ip_network(f"{address}/{prefix}", strict=False)


def _ip(text: str) -> dict[str, Any]:
    return opaque("IP", str(_address(text)))


def _cidr(text: str) -> dict[str, Any]:
    address, prefix = _range(text)
    return opaque("CIDR", f"{address}/{prefix}")


def _of(value: Any) -> Address:
    return ip_address(value_of("IP", value))


def _in(value: Any) -> tuple[Address, int]:
    return _range(value_of("CIDR", value))


def _is_ip(text: str) -> bool:
    try:
        _address(text)
    except ValueError:
        return False
    return True


def _is_cidr(text: str) -> bool:
    try:
        _range(text)
    except ValueError:
        return False
    return True


def _canonical(text: str) -> bool:
    return str(_address(text)) == text


def _contains_ip(value: Any, other: Any) -> bool:
    address = _address(other) if isinstance(other, str) else _of(other)
    return address in _network(*_in(value))


def _contains_cidr(value: Any, other: Any) -> bool:
    network = _network(*_in(value))
    address, prefix = _range(other) if isinstance(other, str) else _in(other)
    return address.version == network.version and prefix >= network.prefixlen and address in network


def _masked(value: Any) -> dict[str, Any]:
    return opaque("CIDR", str(_network(*_in(value))))


def _global(address: Address) -> bool:
    """Go's IsGlobalUnicast: private addresses are among them."""
    broadcast = isinstance(address, IPv4Address) and address == IPv4Address("255.255.255.255")
    special = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not (broadcast or special)


def _link_local_multicast(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return address in IPv4Network("224.0.0.0/24")
    return address.packed[0] == 0xFF and address.packed[1] & 0x0F == 0x02


def as_text(value: Any) -> str:
    """What ``string`` gives of an address or range."""
    return str(value_of("CIDR" if is_a("CIDR", value) else "IP", value))


#: What ``rewrite.py`` calls ``string`` of an address or range.
TEXT_OF = "string_"

FUNCTIONS = joined(
    (
        function("ip", "string", "opaque", _ip),
        method("ip", "opaque", "opaque", lambda value: opaque("IP", str(_in(value)[0]))),
        function("isIP", "string", "bool", _is_ip),
        function("ip.isCanonical", "string", "bool", _canonical),
        method("family", "opaque", "int", lambda value: _of(value).version),
        method("isUnspecified", "opaque", "bool", lambda value: _of(value).is_unspecified),
        method("isLoopback", "opaque", "bool", lambda value: _of(value).is_loopback),
        method("isLinkLocalMulticast", "opaque", "bool", lambda value: _link_local_multicast(_of(value))),
        method("isLinkLocalUnicast", "opaque", "bool", lambda value: _of(value).is_link_local),
        method("isGlobalUnicast", "opaque", "bool", lambda value: _global(_of(value))),
        function("cidr", "string", "opaque", _cidr),
        function("isCIDR", "string", "bool", _is_cidr),
        method("containsIP", "opaque string", "bool", _contains_ip),
        method("containsIP", "opaque opaque", "bool", _contains_ip),
        method("containsCIDR", "opaque string", "bool", _contains_cidr),
        method("containsCIDR", "opaque opaque", "bool", _contains_cidr),
        method("masked", "opaque", "opaque", _masked),
        method("prefixLength", "opaque", "int", lambda value: _in(value)[1]),
        function(TEXT_OF, "opaque", "string", as_text),
    )
)
