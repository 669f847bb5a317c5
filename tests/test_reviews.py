"""Golden reviews: what the API server sends and what it gets back, in full; only the patch is decoded."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import orjson
import pytest

from admission import FrozenCatalog, Phase, Snapshot, respond
from admission.engine import Reply
from admission.model.settings import Settings
from admission.policy.resource import PolicySet

FILES = sorted((Path(__file__).parent / "reviews").glob("*.json"))

SETTINGS = Settings(controller_users=frozenset({"system:serviceaccount:argo:argo"}))


def answered(case: dict[str, Any]) -> dict[str, Any]:
    """The answer to the review of *case*, its patch as it was before it was encoded."""
    policies = PolicySet.load(case.get("policies", []))
    assert not policies.problems
    around = Snapshot(
        catalog=FrozenCatalog.of(case.get("catalog", [])), policies=policies, settings=SETTINGS, controller_seen=True
    )
    reply = respond(orjson.dumps(case["review"]), around, Phase(case["phase"]))
    assert isinstance(reply, Reply)
    answer: dict[str, Any] = orjson.loads(reply.body)
    if "patch" in answer["response"]:
        answer["response"]["patch"] = orjson.loads(base64.b64decode(answer["response"]["patch"]))
    return answer


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_golden(file: Path) -> None:
    """What goes back is what stands in the file."""
    case = orjson.loads(file.read_bytes())

    assert case["answer"] == answered(case)


def test_there_are_some() -> None:
    """A folder without files would be content with anything."""
    assert len(FILES) >= 10
