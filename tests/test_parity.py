"""
Argo's own verdicts, where the corpus lies beside the checkout.

Accepted and refused is what Argo v4.0.5 accepts and refuses; ``DIFFERENCES`` names each case where that is not so, with
the reason. Appendix A and B of the facts were run on 4.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest
import yaml
from corpus import ARGO, SHARED, documents, lines

from admission.lint.rules import RULES
from admission.lint.run import VALIDATED, LintOptions, lint
from admission.model.catalog import FrozenCatalog
from admission.model.finding import Action, Finding
from admission.model.settings import Profile

FACTS = SHARED / "facts" / "argo-validation.md"

#: Cases judged otherwise than Argo does, by id, with the reason.
DIFFERENCES: dict[str, str] = {}

#: The rules of Argo's that are not the same in 4.0 and 4.1.
CHANGED = (
    *("executor-plugins", "podresources-names", "podresources-claims", "podresources-agent", "resource-claims"),
    *("pending-timeout", "sidecar-reserved", "containerset-reserved", "step-name", "ref-not-found", "var-unresolved"),
)

#: What Argo accepts and the recommended profile denies, by file and place, with the reason.
DENIED = {
    ("convert-legacy-sync.yaml", "spec.synchronization.semaphore"): "the field is gone in 4.0: nothing would be locked",
    ("convert-legacy-sync.yaml", "spec.synchronization.mutex"): "the field is gone in 4.0: nothing would be locked",
    ("convert-legacy-sync.yaml", "spec.templates[0].synchronization.semaphore"): "the same in a template",
    ("convert-legacy-sync.yaml", "spec.templates[0].synchronization.mutex"): "the same in a template",
    ("invalid-workflowtemplate.yaml", "spec.entrypoints"): "an unknown field, made to be one: entrypoint is meant",
}

#: Manifests of appendix B of which nothing is said, with the reason.
SILENT = {
    "rt-skipped-output": "the input that the output fills has a default, which counts where the output is missing"
}


@dataclass(frozen=True)
class Judged:
    """A document, what is there beside it, and what Argo says: *strictly* is the verdict of ``argo lint``."""

    id: str
    document: dict[str, Any]
    catalog: FrozenCatalog
    ok: bool
    lint: bool = False
    strictly: bool = True

    def findings(self, profile: Profile, version: str = "4.0") -> list[Finding]:
        options = LintOptions(profile=profile, argo_version=version, lint=self.lint)
        return lint(self.document, self.catalog, options)

    def is_accepted(self, profile: Profile) -> bool:
        return all(finding.action is not Action.DENY for finding in self.findings(profile))


def of_files() -> Iterator[Judged]:
    """The documents of Argo's own files, as its controller and as its linting mode judge them."""
    files = json.loads((ARGO / "verdicts.json").read_text(encoding="utf-8"))["files"]
    for name, about in files.items():
        given = documents(ARGO / name)
        catalog = FrozenCatalog.of(
            [*(each for other in about.get("context", []) for each in documents(ARGO / other)), *given]
        )
        for number, (document, verdict) in enumerate(zip(given, about["docs"], strict=False)):
            if verdict.get("skipped") or verdict.get("ok_varies"):
                continue
            strictly = not verdict.get("strict_error")
            yield Judged(f"{name}#{number}", document, catalog, verdict["ok"], False, strictly)
            yield Judged(f"{name}#{number}", document, catalog, verdict.get("lint_ok", verdict["ok"]), True, strictly)


def of_mutants() -> Iterator[Judged]:
    """The mutants of accepted documents."""
    for case in lines("mutants.jsonl.gz"):
        verdict, (document,) = case["verdict"], case["docs"]
        if not verdict.get("ok_varies"):
            catalog = FrozenCatalog.of([*case["context"], document])
            linting = case["opts"].get("lint") is True
            strictly = not verdict.get("strict_error")
            yield Judged(case["id"], document, catalog, verdict["ok"], linting, strictly)


def appendix(letter: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The manifests of an appendix of the facts, each with the id of its rule."""
    text = FACTS.read_text(encoding="utf-8").partition(f"\n## Appendix {letter}.")[2].partition("\n## Appendix")[0]
    rule, about = "", ""
    for line in re.search(r"```yaml\n(.*?)\n```", text, re.DOTALL)[1].splitlines():  # type: ignore[index]
        if line.startswith("spec:"):
            yield rule, _manifest(about, yaml.safe_load(line)["spec"])
            about = ""
            continue
        about += line
        if titled := re.match(r"# ([a-z]+(-[a-z]+)+|cron: wrapped)( |$)", line):
            rule = titled[1].replace("cron: wrapped", "entrypoint-required")


def _manifest(about: str, spec: dict[str, Any]) -> dict[str, Any]:
    kind = re.search(r"kind: (\w+)", about)
    length = re.search(r"of (\d+) letters", about)
    metadata = {"name": "a" * int(length[1])} if length else {"generateName": "a-"}
    return {"kind": kind[1] if kind else "Workflow", "metadata": metadata, "spec": spec}


if SHARED.is_dir():
    pytestmark = pytest.mark.corpus

    @pytest.mark.parametrize("cases", [of_files, of_mutants], ids=lambda cases: cases.__name__)
    def test_verdicts(cases: Any) -> None:
        """Profile ``argo`` accepts what Argo's controller accepts, and refuses what it refuses."""
        different = {
            case.id
            for case in cases()
            if case.document["kind"] in VALIDATED and case.ok != case.is_accepted(Profile.ARGO)
        }

        assert set(DIFFERENCES) & different == different

    @pytest.mark.parametrize("cases", [of_files, of_mutants], ids=lambda cases: cases.__name__)
    def test_strict_verdicts(cases: Any) -> None:
        """Profile ``argo-lint`` refuses unknown fields, too; arguments may lack values."""
        different = {
            case.id
            for case in cases()
            if case.lint
            and case.document["kind"] in VALIDATED
            and (case.ok and case.strictly) != case.is_accepted(Profile.ARGO_LINT)
        }

        assert set(DIFFERENCES) & different == different

    @pytest.mark.parametrize("cases", [of_files, of_mutants], ids=lambda cases: cases.__name__)
    def test_versions(cases: Any) -> None:
        """Argo 4.1 refuses what 4.0 refuses, but for what changed between them (argo-validation 14)."""
        sources = {
            finding.source
            for case in islice(cases(), 0, None, 4)
            if not case.lint
            for finding in set(case.findings(Profile.ARGO, "4.0")) ^ set(case.findings(Profile.ARGO, "4.1"))
        }

        assert sources <= {f"lint/{rule}" for rule in CHANGED}

    @pytest.mark.parametrize("version", ["4.0", "4.1"])
    def test_nobody_is_refused_wrongly(version: str) -> None:
        """Of what Argo accepts, the recommended profile denies only what certainly goes wrong."""
        denied = {
            (case.id.rpartition("/")[2].partition("#")[0], str(finding.path))
            for case in of_files()
            if case.ok
            for finding in case.findings(Profile.RECOMMENDED, version)
            if finding.action is Action.DENY
        }

        assert set(DENIED) == denied

    @pytest.mark.parametrize(("rule", "document"), list(appendix("A")))
    def test_appendix_a(rule: str, document: dict[str, Any]) -> None:
        """Each violation is found by the rule of that name, and refused as Argo refuses it."""
        found = lint(document, FrozenCatalog.of([document]), LintOptions(profile=Profile.ARGO))

        assert f"lint/{rule}" in {finding.source for finding in found if finding.action is Action.DENY}

    @pytest.mark.parametrize(("rule", "document"), list(appendix("B")))
    def test_appendix_b(rule: str, document: dict[str, Any]) -> None:
        """What Argo accepts and the run does not is found by the rule of that name, and by none of Argo's."""
        catalog = FrozenCatalog.of([document])

        found = {finding.source for finding in lint(document, catalog, LintOptions())}

        assert [] == lint(document, catalog, LintOptions(profile=Profile.ARGO))
        assert (rule not in SILENT) == (f"lint/{rule}" in found)

    def test_every_rule_of_the_appendices_is_there() -> None:
        """The appendices name no rule that we do not have."""
        named = {rule for letter in "AB" for rule, _ in appendix(letter)}

        assert set() == named - {rule.id for rule in RULES}
