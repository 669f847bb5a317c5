from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.annotations import IGNORE
from admission.model.document import annotations_of, text
from admission.model.finding import Action
from admission.model.near import meant
from admission.model.path import Path


@rule(
    action=Action.WARN,
    mentions=(IGNORE,),
    good="""
        metadata:
          name: nightly
          annotations: {ignore.argo-admission.io/deprecated-field: the cluster still has Argo 3.5}
        spec:
          synchronization: {mutex: {name: a}}
        """,
    bad="""
        metadata:
          name: nightly
          annotations:
            ignore.argo-admission.io/depricated-field: the cluster still has Argo 3.5  # finding
            ignore.argo-admission.io/deprecated-field: ""  # finding
        """,
)
def ignored_rule_unknown(workflow: Workflow) -> Iterator[Hit]:
    """
    What an annotation has ignored is a rule, and it says why.

    A name that is no rule's, or one without a reason, ignores nothing, though its author believes that it does. What it
    was to ignore is still said: so it is a warning.
    """
    # Not before: this is one of them.
    from admission.lint.rules import ALL
    from admission.lint.structure import STRUCTURE

    for key, reason in annotations_of(workflow.document).items():
        prefix, _, name = key.rpartition("/")
        if f"{prefix}/" != IGNORE:
            continue
        path = Path(("metadata", "annotations", key))
        if name not in (ids := [each.id for each in (*STRUCTURE, *ALL)]):
            yield path, f"no rule is called {name!r}{meant(name, ids)}"
        elif not text(reason).strip():
            yield path, "say why the rule does not apply: without a reason nothing is ignored"
