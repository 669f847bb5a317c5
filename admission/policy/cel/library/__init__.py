"""
Kubernetes' libraries of CEL functions, as far as no engine has them.

Each module is a list of functions (``function.py``). Values of types that CEL itself has not (a quantity, a URL) are
maps with one key, which says the type: two of them are equal where Kubernetes' are.
"""

from __future__ import annotations

from admission.policy.cel.library import (
    access,
    addresses,
    formats,
    images,
    lists,
    maps,
    quantities,
    regex,
    semver,
    urls,
)
from admission.policy.cel.library.function import Function, Overload

__all__ = ["FUNCTIONS", "Function", "Overload"]

FUNCTIONS: tuple[Function, ...] = (
    *images.FUNCTIONS,
    *lists.FUNCTIONS,
    *maps.FUNCTIONS,
    *regex.FUNCTIONS,
    *quantities.FUNCTIONS,
    *urls.FUNCTIONS,
    *addresses.FUNCTIONS,
    *semver.FUNCTIONS,
    *formats.FUNCTIONS,
    *access.FUNCTIONS,
)
