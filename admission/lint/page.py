"""
The page of rules, made of what they say of themselves.

``python -m admission.lint.page admission/lint/README.md`` brings it up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from admission.lint.rule import Rule
from admission.lint.rules.beyond import BEYOND
from admission.lint.rules.guards import CHANGES, GUARDS
from admission.lint.rules.others import OTHERS
from admission.lint.rules.parts import PARTS
from admission.lint.rules.references import REFERENCES
from admission.lint.structure import STRUCTURE

_HEAD = """\
# The rules

What `argo-admission lint` and the webhook look for, with the reason, a bad and a good example. This page is generated
from the rules; `argo-admission explain ID` prints one of them.

* The profile `argo` gives exactly the verdicts of Argo's controller, `argo-lint` those of `argo lint`; `recommended`,
  the default, has all rules.
* *Deny*: the object is refused. *Warn*: it is accepted, with a warning. Where a rule does both, it says when.
* How strict a rule is, and where, is decided by a WorkflowPolicyBinding with `policyName: lint/<rule>` and
  `validationActions: [Deny]`, `[Warn]` or `[Audit]`. What does not fit the structure (`schema/…`) is as strict as the
  profile says.
* An author silences a warning with the annotation `ignore.argo-admission.io/<rule>: <the reason why>`. A denial cannot
  be silenced, nor a warning without a reason.
* A Workflow that refers to a template that is not there is denied, because it would run at once. A template or a
  CronWorkflow may be applied before what it refers to: there it is a warning.
* In the examples `# finding` marks the lines on which the rule finds something; they are the tests of the rule. What is
  left out of them (apiVersion, kind, metadata) is that of a Workflow.
"""

#: The parts of the page: a title, what they have in common, and their rules.
PARTS_OF_PAGE: tuple[tuple[str, str, tuple[Rule, ...]], ...] = (
    ("Structure", "Fields and values, by a table that is made from Argo's CRDs.", STRUCTURE),
    ("What Argo refuses in the parts of an object", "In every profile.", PARTS),
    ("What Argo refuses in references, arguments and variables", "In every profile.", REFERENCES),
    ("What Argo finds out when the workflow runs", "In the profile `recommended`.", BEYOND),
    ("Event bindings, task sets, task results, artifact GC", "In the profile `recommended`.", OTHERS),
    ("What templates promise and ask for", "In the profile `recommended`.", GUARDS),
    ("Templates that change or go", "By the webhook, which knows the version before and who uses it.", CHANGES),
)


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_index(), *_parts()])


def _index() -> Iterator[str]:
    for title, about, rules in PARTS_OF_PAGE:
        yield f"**{title}.** {about}\n"
        yield "| Rule | What it wants | |"
        yield "| --- | --- | --- |"
        yield from (
            f"| [`{rule.source}`](#{_anchor(rule)}) | {_cell(rule.title)} | {rule.action.value} |" for rule in rules
        )
        yield ""


def _parts() -> Iterator[str]:
    for title, _, rules in PARTS_OF_PAGE:
        yield f"## {title}\n"
        yield from _rules(rules)


def _rules(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        yield f"### {rule.source}\n"
        yield f"{rule.title} ({rule.action.value})\n"
        if rule.rationale:
            yield f"{rule.rationale}\n"
        yield f"Bad:\n\n```yaml\n{rule.bad}```\n"
        yield f"Good:\n\n```yaml\n{rule.good}```\n"


def _anchor(rule: Rule) -> str:
    """As GitHub makes it of the heading."""
    return rule.source.replace("/", "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
