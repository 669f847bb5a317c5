"""The folders of the library of policies, as tests read them."""

from __future__ import annotations

from pathlib import Path

import yaml

from admission.model.document import Document
from admission.policy.cases import Case, cases


def policies_in(folder: Path) -> list[Document]:
    """The policy of *folder*, and its bindings."""
    files = (folder / "policy.yaml", folder / "binding.yaml")
    return [document for file in files for document in yaml.safe_load_all(file.read_text())]


def cases_in(folder: Path) -> list[Case]:
    """Its cases."""
    return list(cases({path.name: path.read_text() for path in (folder / "cases").glob("*.yaml")}))
