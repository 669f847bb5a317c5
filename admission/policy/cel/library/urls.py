"""URLs, as Kubernetes has Go's ``url.Parse`` read them: absolute, or a path from the root."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, unquote_plus

from admission.policy.cel.library.function import function, joined, method, opaque, value_of

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PORT = re.compile(r":[0-9]*\Z", re.ASCII)
#: What a host may have besides letters, digits and what is beyond ASCII (RFC 3986: unreserved and sub-delims).
_HOST = re.compile(r"(?:[-A-Za-z0-9._~!$&'()*+,;=:\"<>%]|[^\x00-\x7f])*\Z")
_USER = re.compile(r"[-A-Za-z0-9._:~!$&'()*+,;=%@]*\Z", re.ASCII)
#: What Go writes of a path as it is.
_PLAIN_PATH = re.compile(r"(?:[-A-Za-z0-9._~!$&'()*+,;=:@/\[\]]|%[0-9A-Fa-f]{2})*\Z", re.ASCII)
_PLAIN_LETTERS = frozenset(b"-._~$&+,/:;=@" + bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123)))


def _read(text: str) -> dict[str, str]:
    """
    The parts of *text*. ``ValueError`` where it is no URL.

    As in Kubernetes it must be one for Go's ``ParseRequestURI``, to which ``#`` has no meaning, and for ``Parse``.
    """
    if _CONTROL.search(text):
        raise ValueError("not a URL")
    _parts(text, text, request=True)
    before, _, fragment = text.partition("#")
    return _parts(before, fragment, request=False)


def _parts(text: str, fragment: str, *, request: bool) -> dict[str, str]:
    found = _SCHEME.match(text)
    scheme, rest = (found[1].lower(), text[found.end() :]) if found else ("", text)
    if not rest.startswith("/"):
        if not found or _BAD_ESCAPE.search(fragment):
            raise ValueError("not a URL")
        # ``mailto:x`` has no host and no path, but is a URL.
        return {"scheme": scheme, "host": "", "path": "", "query": ""}
    rest, _, query = rest.partition("?")
    authority = ""
    if rest.startswith("//") and (scheme or not (request or rest.startswith("///"))):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
    if _BAD_ESCAPE.search(rest) or (not request and _BAD_ESCAPE.search(fragment)):
        raise ValueError("not a URL")
    return {"scheme": scheme, "host": _host(authority), "path": rest, "query": query}


def _host(authority: str) -> str:
    """The host that *authority* names, with its port."""
    wrong = ValueError("not a URL")
    user, at, host = authority.rpartition("@")
    if at and (not _USER.match(user) or _BAD_ESCAPE.search(user)):
        raise wrong
    if host.startswith("["):
        inside, bracket, after = host[1:].partition("]")
        if not bracket or (after and not _PORT.match(after)) or not _HOST.match(inside):
            raise wrong
    elif (":" in host and not _PORT.search(host)) or not _HOST.match(host) or _BAD_ESCAPE.search(host):
        raise wrong
    return unquote(host)


def _url(text: str) -> dict[str, Any]:
    return opaque("URL", _read(text))


def _is_url(text: str) -> bool:
    try:
        _read(text)
    except ValueError:
        return False
    return True


def _part(value: Any, name: str) -> str:
    return str(value_of("URL", value)[name])


def _port(value: Any) -> str:
    found = _PORT.search(_part(value, "host"))
    return found[0][1:] if found else ""


def _hostname(value: Any) -> str:
    host = _PORT.sub("", _part(value, "host"))
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _escaped_path(value: Any) -> str:
    path = _part(value, "path")
    if _PLAIN_PATH.match(path):
        return path
    raw = unquote(path).encode()
    return "".join(chr(byte) if byte in _PLAIN_LETTERS else f"%{byte:02X}" for byte in raw)


def _query(value: Any) -> dict[str, list[str]]:
    """The values by name; pairs that cannot be read are left out."""
    found: dict[str, list[str]] = {}
    for pair in _part(value, "query").split("&"):
        name, _, said = pair.partition("=")
        if pair and ";" not in pair and not _BAD_ESCAPE.search(pair):
            found.setdefault(unquote_plus(name), []).append(unquote_plus(said))
    return found


FUNCTIONS = joined(
    (
        function("url", "string", "opaque", _url),
        function("isURL", "string", "bool", _is_url),
        method("getScheme", "opaque", "string", lambda value: _part(value, "scheme")),
        method("getHost", "opaque", "string", lambda value: _part(value, "host")),
        method("getHostname", "opaque", "string", _hostname),
        method("getPort", "opaque", "string", _port),
        method("getEscapedPath", "opaque", "string", _escaped_path),
        method("getQuery", "opaque", "map", _query),
    )
)
