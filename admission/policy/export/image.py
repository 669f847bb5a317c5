"""``image()`` in the words of Kubernetes' CEL, which has no such function; ``cel/image.py`` is it in Python."""

from __future__ import annotations

import json

from admission.policy.cel import image as ours


def image(argument: str) -> str:
    """CEL for ``image(argument)``. Each ``map`` gives its only element a name: a list of texts, which grows."""
    return f"[string({argument})]" + "".join((_DIGEST_APART, _TAG_APART, _REGISTRY_APART, _WHOLE, _RESULT)) + "[0]"


def _matches(value: str, pattern: str) -> str:
    return f"{value}.matches({json.dumps('^(' + pattern.removesuffix(chr(92) + 'Z') + ')$')})"


def _map(name: str, body: str) -> str:
    return f".map({name}, {body})"


#: name, digest, whether there is one
_DIGEST_APART = _map(
    "text",
    "text.contains('@') ? [text.substring(0, text.indexOf('@')), text.substring(text.indexOf('@') + 1), '@'] "
    ": [text, '', '']",
)

#: name, tag, and what was there; a colon before the last slash belongs to a port
_TAG_APART = _map(
    "ref",
    "ref[0].lastIndexOf(':') > ref[0].lastIndexOf('/') && !ref[0].endsWith(':') "
    "? [ref[0].substring(0, ref[0].lastIndexOf(':')), ref[0].substring(ref[0].lastIndexOf(':') + 1), ref[1], ref[2]] "
    ": [ref[0], '', ref[1], ref[2]]",
)

#: registry, repository, and what was there
_REGISTRY_APART = _map(
    "ref",
    "ref[0].contains('/') && (ref[0].split('/')[0].contains('.') || ref[0].split('/')[0].contains(':') || "
    "ref[0].startsWith('localhost/') || ref[0].split('/')[0].lowerAscii() != ref[0].split('/')[0]) "
    "? [ref[0].split('/')[0], ref[0].substring(ref[0].indexOf('/') + 1), ref[1], ref[2], ref[3]] "
    f": ['{ours.DEFAULT_REGISTRY}', ref[0], ref[1], ref[2], ref[3]]",
)

_ALIASES = json.dumps(sorted({*ours.SAME_AS_DEFAULT, ours.DEFAULT_REGISTRY}))

#: the same, with the names of the default registry for one another
_WHOLE = _map(
    "ref",
    f"ref[0].lowerAscii() in {_ALIASES} "
    f"? ['{ours.DEFAULT_REGISTRY}', ref[1].contains('/') ? ref[1] : 'library/' + ref[1], ref[2], ref[3], ref[4]] : ref",
)

_VALID = " && ".join(
    (
        f"(ref[4] == '' || {_matches('ref[3]', ours.DIGEST.pattern)})",
        _matches("ref[0]", ours.REGISTRY.pattern),
        _matches("ref[1]", ours.REPOSITORY.pattern),
        f"(ref[2] == '' || {_matches('ref[2]', ours.TAG.pattern)})",
    )
)

_NAMES = ("registry", "repository", "tag", "digest")

_RESULT = _map(
    "ref", f"{_VALID} ? ['valid', ref[0].lowerAscii(), ref[1], ref[2], ref[3]] : ['', '', '', '', '']"
) + _map(
    "ref",
    "{'valid': dyn(ref[0] == 'valid'), "
    + ", ".join(f"'{name}': dyn(ref[{index}])" for index, name in enumerate(_NAMES, 1))
    + "}",
)
