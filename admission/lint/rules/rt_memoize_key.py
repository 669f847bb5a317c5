from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import literal, placed, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping

_KEY = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*")


@rule(
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, memoize: {key: one-key, maxAge: 1h, cache: {configMap: {name: c}}}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            memoize:
              key: a/b  # finding
              maxAge: 1h
              cache: {configMap: {name: c}}
        """,
)
def rt_memoize_key(workflow: Workflow) -> Iterator[Hit]:
    """
    The key under which a result is remembered has letters, digits and hyphens.

    Argo asks the cache for it when the step is due, and ends it in Error with another key: certain where no tag is in
    it, so denied.
    """
    for path, memoize in placed(workflow.graph, "memoize"):
        written = literal(mapping(memoize).get("key"))
        if written and not _KEY.fullmatch(written):
            yield path / "key", f"{shown(written)}: use letters, digits and hyphens, a letter or digit first"
