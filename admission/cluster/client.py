"""The API server as bytes over HTTP: credentials are read by the official package, objects stay plain JSON."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson
import yaml

from admission.errors import ClusterError, ConfigurationError
from admission.model.document import Document, mapping, text

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

#: Seconds for a connection to be made.
_CONNECT = 5.0

#: Seconds for an answer of the API server that is no watch. A page of 500 large templates takes a few.
_READ = 30.0

#: Seconds after which somebody who is busy is asked again.
_BUSY = 0.5

_SENT = {"Content-Type": "application/json"}


class Refused(ClusterError):
    """
    The API server answered, and not with what was asked for.

    *code* is the HTTP status; *status* the ``Status`` object, empty where the answer is none (an unknown path).
    """

    def __init__(self, code: int, status: Document) -> None:
        super().__init__(text(status.get("message")) or f"HTTP {code}")
        self.code = code
        self.status = status


class Client:
    """One API server, and who we are to it."""

    def __init__(self, configuration: Any, connections: int = 32) -> None:
        from kubernetes.client import ApiClient

        configuration.connection_pool_maxsize = connections
        self._configuration = configuration
        self._pool = ApiClient(configuration).rest_client.pool_manager

    @classmethod
    def connect(cls, kubeconfig: str | None = None, context: str | None = None) -> Client:
        """Within a cluster as its service account, else by *kubeconfig* (default: as kubectl does)."""
        from kubernetes import config
        from kubernetes.client import Configuration

        configuration = Configuration()
        # The package reads the variable when it is imported.
        file = kubeconfig or os.environ.get("KUBECONFIG")
        try:
            if kubeconfig is None and context is None and _in_cluster():
                config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
            else:
                # Nothing is written back: a server's kubeconfig is a mounted file.
                config.load_kube_config(file, context, configuration, False)  # type: ignore[no-untyped-call]
        except (config.ConfigException, OSError) as error:
            raise ConfigurationError(f"no way to a cluster: {error}") from error
        except (yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
            # What the package meets in a file that is none of its kind: it does not look before.
            raise ConfigurationError(f"no way to a cluster: {file or '~/.kube/config'} is no kubeconfig") from error
        return cls(configuration)

    def get(self, path: str, query: Mapping[str, str] | None = None, seconds: float = _READ) -> Document:
        """
        The JSON object at *path*; ``Refused`` where the API server says no, ``ClusterError`` where it is silent.

        Where it says *not now* (429: it is busy, or fills a cache), it is asked again while there is time.
        """
        ends = time.monotonic() + seconds
        while True:
            try:
                return self._whole(self._request("GET", path, query, max(ends - time.monotonic(), 0.01)))
            except Refused as error:
                if error.code != 429 or ends - time.monotonic() < 2 * _BUSY:
                    raise
            time.sleep(_BUSY)

    def patch(self, path: str, patch: Document, seconds: float = _READ) -> Document:
        """The object at *path* with *patch* merged into it (RFC 7396)."""
        headers = {"Content-Type": "application/merge-patch+json"}
        return self._whole(self._request("PATCH", path, None, seconds, orjson.dumps(patch), headers))

    def create(self, path: str, document: Document, seconds: float = _READ) -> Document:
        """*document* as it is stored in the collection at *path*; ``Refused`` with 409 where it is there already."""
        return self._whole(self._request("POST", path, None, seconds, orjson.dumps(document), _SENT))

    def replace(self, path: str, document: Document, seconds: float = _READ) -> Document:
        """*document* as it is stored at *path*; ``Refused`` with 409 where what is there is another version."""
        return self._whole(self._request("PUT", path, None, seconds, orjson.dumps(document), _SENT))

    def delete(self, path: str, seconds: float = _READ) -> None:
        """Delete the object at *path*."""
        self._whole(self._request("DELETE", path, None, seconds))

    def stream(self, path: str, query: Mapping[str, str], seconds: float) -> Stream:
        """The lines of a watch; an end without a line for *seconds* counts as a broken connection."""
        response = self._request("GET", path, query, seconds)
        if response.status != 200:
            self._whole(response)
        return Stream(response)

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        seconds: float,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> BaseHTTPResponse:
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        try:
            response: BaseHTTPResponse = self._pool.request(
                method,
                f"{self._configuration.host}{path}",
                fields=None if body is not None else query,
                body=body,
                headers={"Accept": "application/json", **self._authorization(), **(headers or {})},
                timeout=Timeout(connect=min(_CONNECT, seconds), read=seconds),
                preload_content=False,
                retries=False,
                redirect=False,
            )
        except (HTTPError, OSError) as error:
            raise ClusterError(f"the API server does not answer: {error}") from error
        return response

    def _authorization(self) -> dict[str, str]:
        """The header that says who we are; tokens are renewed as their file is."""
        token = self._configuration.auth_settings().get("BearerToken")
        return {"Authorization": token["value"]} if token else {}

    def _whole(self, response: BaseHTTPResponse) -> Document:
        from urllib3.exceptions import HTTPError

        try:
            body = response.read()
        except (HTTPError, OSError) as error:
            raise ClusterError(f"the answer of the API server broke off: {error}") from error
        finally:
            response.release_conn()
        document = _json(body)
        if response.status >= 300:
            raise Refused(response.status, document)
        return document


class Stream:
    """A watch that is under way."""

    def __init__(self, response: BaseHTTPResponse) -> None:
        self._response = response

    def __iter__(self) -> Iterator[Document]:
        """One JSON object a line, until the API server ends it; ``ClusterError`` where the connection breaks."""
        from urllib3.exceptions import HTTPError

        rest = b""
        try:
            # Lines of a watch may be large: split only what is new, and join only what a line is made of.
            for chunk in self._response.stream(2**16, decode_content=True):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (_json(line) for line in lines if line)
        except (HTTPError, OSError, ValueError) as error:
            raise ClusterError(f"the watch broke off: {error}") from error

    def close(self) -> None:
        """Done with it; for the thread that reads it."""
        self._response.close()

    def end(self) -> None:
        """Have the thread that reads it come to an end; for any other thread."""
        # It may have ended by itself a moment ago, which is as well.
        with suppress(RuntimeError, ValueError, OSError):
            self._response.shutdown()


def _json(body: bytes) -> Document:
    """*body* if it is a JSON object, else an empty one: some refusals are plain text."""
    try:
        return mapping(orjson.loads(body))
    except ValueError:
        return {}


def _in_cluster() -> bool:
    return "KUBERNETES_SERVICE_HOST" in os.environ and "KUBECONFIG" not in os.environ
