"""Argo's own verdicts, where its manifests lie beside the checkout: what its decoder takes is judged as it judges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from corpus import ARGO, CORPUS, lines

from admission.argo.validation.workflow import SPECS
from admission.argo.variables import Options, analyse
from admission.model.catalog import FrozenCatalog

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(name: str) -> list[dict[str, Any]]:
    """The objects of a file, with the dates that YAML makes of texts as texts."""
    found = yaml.load_all((ARGO / name).read_text(encoding="utf-8"), LOADER)
    return [json.loads(json.dumps(each, default=str)) for each in found if isinstance(each, dict)]


def files() -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]], bool, bool]]:
    """(name, document, context, lint, what Argo says) for the documents of Argo's own files."""
    verdicts = json.loads((ARGO / "verdicts.json").read_text(encoding="utf-8"))["files"]
    for name, about in verdicts.items():
        if any(each.get("stage") in ("syntax", "decode") for each in about["docs"]):
            continue
        documents = read(name)
        context = [each for other in about.get("context", []) for each in read(other)]
        for document, verdict in zip(documents, about["docs"], strict=True):
            if not verdict.get("skipped"):
                yield name, document, [*context, *documents], False, verdict["ok"]
                yield name, document, [*context, *documents], True, verdict.get("lint_ok", verdict["ok"])


def mutants() -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]], bool, bool]]:
    """The same for the mutants that Argo's decoder takes."""
    for case in lines("mutants.jsonl.gz"):
        verdict, document = case["verdict"], case["docs"][0]
        if verdict.get("stage") != "decode" and not verdict.get("ok_varies"):
            yield case["id"], document, [*case["context"], document], bool(case["opts"].get("lint")), verdict["ok"]


if CORPUS.is_dir():

    @pytest.mark.corpus
    @pytest.mark.parametrize("cases", [files, mutants], ids=lambda cases: cases.__name__)
    def test_verdicts(cases: Any) -> None:
        """What Argo accepts is accepted, what it refuses is refused."""
        differences = []
        for name, document, context, lint, expected in cases():
            if document.get("kind") in SPECS:
                problems = analyse(document, FrozenCatalog.of(context), Options(newest=False, lint=lint)).problems
                if expected == bool(problems):
                    differences.append((name, expected, [f"{each.rule} {each.path}" for each in problems[:3]]))

        assert [] == differences
