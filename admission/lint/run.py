"""Every rule on one object: the findings, less the ignored ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from admission.argo.kinds import KINDS
from admission.argo.workflow import Workflow
from admission.lint.rule import Rule
from admission.lint.rules import ARGO, RULES
from admission.model.catalog import Catalog
from admission.model.document import Document, mapping, text
from admission.model.finding import Action, Finding
from admission.model.settings import Profile

#: With the id of a rule, the annotation whose value is the reason why a warning of that rule does not apply.
IGNORE = "ignore.argo-admission.io/"


@dataclass(frozen=True, kw_only=True)
class LintOptions:
    """
    How to lint: *argo_version* ``4.0`` or ``4.1``; *namespace* of objects that name none; *lint*: Argo's option of that
    name, arguments may lack values; *strictness*: by rule id what its findings do, ``None``: there are none.
    """

    profile: Profile = Profile.RECOMMENDED
    argo_version: str = "4.1"
    namespace: str = "default"
    lint: bool = False
    strictness: Mapping[str, Action | None] = field(default_factory=dict)


def lint(document: Document, catalog: Catalog, options: LintOptions) -> list[Finding]:
    """What the rules of the profile find in *document*; nothing of objects that are not Argo's."""
    if text(document.get("kind")) not in KINDS:
        return []
    recommended = options.profile is Profile.RECOMMENDED
    workflow = Workflow(
        document,
        catalog,
        namespace=options.namespace,
        newest=options.argo_version != "4.0",
        values_later=options.lint or options.profile is Profile.ARGO_LINT,
        patient=recommended,
    )
    found = (
        each for rule in (RULES if recommended else ARGO) for each in _findings(rule, workflow, options.strictness)
    )
    return [each for each in found if not _is_ignored(each, workflow)]


def _findings(rule: Rule, workflow: Workflow, strictness: Mapping[str, Action | None]) -> Iterator[Finding]:
    if rule.id not in strictness:
        yield from rule(workflow)
        return
    action = strictness[rule.id]
    if action is not None:
        yield from (replace(finding, action=action) for finding in rule(workflow))


def _is_ignored(finding: Finding, workflow: Workflow) -> bool:
    """Whether the author says why it does not apply: of a warning, never of a denial."""
    annotations = mapping(workflow.metadata.get("annotations"))
    reason = text(annotations.get(IGNORE + finding.source.removeprefix("lint/")))
    return finding.action is Action.WARN and bool(reason.strip())
