"""Documents as YAML that kubectl reads back as they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from admission.model.source.scalars import plain


class _Dumper(yaml.CSafeDumper):
    """For readers with the rules of Kubernetes: ``y`` and ``1e3`` in quotes, texts of several lines as such."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, data: str) -> yaml.ScalarNode:
    # Without a style the emitter quotes by PyYAML's own rules, which know neither y nor 0o10.
    style = "|" if "\n" in data else None if isinstance(plain(data), str) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _text)


def dump(document: Any) -> str:
    """*document* as one YAML document, fields in their order."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)


def dump_all(documents: Iterable[Any]) -> str:
    """*documents*, one after another."""
    return "---\n".join(map(dump, documents))
