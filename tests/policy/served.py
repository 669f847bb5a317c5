"""What a real API server says to a creation."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from admission.cli.demo.plane import ControlPlane
from admission.model.document import Document


class ApiServer:
    """Requests to the API server of *plane* over one connection; *folder* is for the credentials."""

    def __init__(self, plane: ControlPlane, folder: Path) -> None:
        config = yaml.safe_load(plane.kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        certificate, key = folder / "certificate", folder / "key"
        certificate.write_bytes(base64.b64decode(user["client-certificate-data"]))
        key.write_bytes(base64.b64decode(user["client-key-data"]))
        context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        context.load_cert_chain(certificate, key)
        where = urlsplit(cluster["server"])
        self._connection = http.client.HTTPSConnection(str(where.hostname), where.port, timeout=60, context=context)

    def post(self, path: str, document: Document, **headers: str) -> tuple[int, Document, list[str]]:
        """Status, document and warnings."""
        body = json.dumps(document)
        self._connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        response = self._connection.getresponse()
        return response.status, json.loads(response.read()), response.headers.get_all("Warning", [])
