"""Every rule on one object: the findings, less the ignored ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from admission.argo.kinds import KINDS
from admission.argo.schema import Refusal
from admission.argo.workflow import Workflow
from admission.lint.rule import Rule
from admission.lint.rules import ARGO, RULES
from admission.model.annotations import IGNORE
from admission.model.catalog import Catalog
from admission.model.document import Document, mapping, text
from admission.model.finding import Action, Finding
from admission.model.settings import Profile
from admission.model.written import Written

#: The kinds that Argo itself validates.
VALIDATED = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow")


@dataclass(frozen=True, kw_only=True)
class LintOptions:
    """
    How to lint: *argo_version* ``4.0`` or ``4.1``; *namespace* of objects that name none; *lint*: Argo's option of that
    name, arguments may lack values; *live*: the catalog asks the cluster for what it lacks; *strictness*: by the id of
    a rule, or by another source (``schema/missing-field``), what its findings do, ``None``: there are none.
    """

    profile: Profile = Profile.RECOMMENDED
    argo_version: str = "4.1"
    namespace: str = "default"
    lint: bool = False
    live: bool = False
    strictness: Mapping[str, Action | None] = field(default_factory=dict)


def lint(document: Document, catalog: Catalog, options: LintOptions, spec: Written | None = None) -> list[Finding]:
    """What there is to say of *document*, whose *spec* that is, in the profile; nothing of what is not Argo's."""
    kind, recommended = text(document.get("kind")), options.profile is Profile.RECOMMENDED
    if kind not in (KINDS if recommended else VALIDATED):
        return []
    workflow = Workflow(
        document,
        catalog,
        namespace=options.namespace,
        newest=options.argo_version != "4.0",
        values_later=options.lint or options.profile is Profile.ARGO_LINT,
        patient=recommended,
        live=options.live,
        spec=spec,
    )
    found = [*_structure(workflow, options.profile)]
    # Whatever rules of Argo's say was found in two walks, which they share: most objects are right.
    if workflow.analysis.problems or workflow.misfits:
        for rule in _rules(kind, ARGO):
            found += rule(workflow)
    for rule in _rules(kind, OURS) if recommended else ():
        found += rule(workflow)
    asked = (_as_asked(each, options.strictness) for each in found)
    return [each for each in asked if each is not None and not _is_ignored(each, workflow)]


#: The rules that Argo does not have.
OURS = tuple(rule for rule in RULES if rule not in ARGO)


@cache
def _rules(kind: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Those of *rules* that are for objects of that kind."""
    return tuple(rule for rule in rules if not rule.kinds or kind in rule.kinds)


#: What the controller and its pods write themselves: a newer one may know more fields than we do.
WRITTEN_BY_ARGO = ("WorkflowTaskSet", "WorkflowTaskResult", "WorkflowArtifactGCTask")

#: What a misfit does, by the profile and by who refuses it.
ACTIONS: Mapping[Profile, Mapping[Refusal, Action]] = {
    Profile.ARGO: {Refusal.DECODER: Action.DENY},
    Profile.ARGO_LINT: {Refusal.DECODER: Action.DENY, Refusal.STRICT: Action.DENY},
    Profile.RECOMMENDED: {
        Refusal.DECODER: Action.DENY,
        Refusal.STRICT: Action.DENY,
        Refusal.NOBODY: Action.DENY,
        Refusal.CRD: Action.WARN,
    },
}


def _structure(workflow: Workflow, profile: Profile) -> Iterator[Finding]:
    """What does not fit the table of fields, but for what a rule speaks of."""
    actions = ACTIONS[profile]
    if workflow.kind in WRITTEN_BY_ARGO:
        actions = dict.fromkeys(actions, Action.WARN)
    for misfit in workflow.misfits:
        if misfit.refusal in actions and not misfit.kind.startswith("decode-"):
            yield Finding(f"schema/{misfit.kind}", misfit.path, misfit.message, actions[misfit.refusal])


def _as_asked(finding: Finding, strictness: Mapping[str, Action | None]) -> Finding | None:
    """*finding* as strict as somebody wants it; ``None`` where nobody does."""
    name = finding.source.removeprefix("lint/")
    if name not in strictness:
        return finding
    action = strictness[name]
    return None if action is None else replace(finding, action=action)


def _is_ignored(finding: Finding, workflow: Workflow) -> bool:
    """Whether the author says why it does not apply: of a warning, never of a denial."""
    if finding.action is not Action.WARN:
        return False
    annotations = mapping(workflow.metadata.get("annotations"))
    return bool(text(annotations.get(IGNORE + finding.source.partition("/")[2])).strip())
