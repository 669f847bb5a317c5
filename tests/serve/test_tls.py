"""The serving certificate on a live server."""

from __future__ import annotations

import asyncio
import gc
import logging
import ssl
import weakref
from pathlib import Path

import pytest
from serving import CA, LEAF, Records, connect, pair, served, trusting, until

from admission.cluster.certificates import Certificate, authority, leaf
from admission.errors import ConfigurationError
from admission.serve.tls import Pair, Tls, from_files

OTHER = leaf(CA, ["127.0.0.1"])


class Changing:
    """A source of certificates that a test may change."""

    def __init__(self, given: Pair | OSError) -> None:
        self.given = given

    def __call__(self) -> Pair:
        if isinstance(self.given, OSError):
            raise self.given
        return self.given


def loaded(source: Changing, **options: str) -> Tls:
    tls = Tls(source, **options)
    tls.load()
    return tls


async def shown(port: int, folder: Path = Path(), issuer: Certificate | None = None) -> bytes | None:
    """The certificate that a new connection gets to see, of somebody whose own is by *issuer*."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=calling(folder, issuer))
    found: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return found


def der(certificate: bytes) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate.decode())


async def test_a_new_certificate_is_served_without_a_failed_request() -> None:
    """A changed pair is used by the next connection; requests go on all the while."""
    source = Changing(pair(LEAF))
    async with served(tls=loaded(source)) as server:

        async def ask() -> list[int]:
            return [(await server.post(Connection="close"))[0] for _ in range(40)]

        asking = [asyncio.create_task(ask()) for _ in range(3)]
        before, used = await shown(server.port), list[bool | None]()
        while not all(each.done() for each in asking):
            source.given = pair(OTHER if len(used) % 2 == 0 else LEAF)
            used.append(await asyncio.to_thread(server.tls.reload))
        source.given = pair(OTHER)
        await asyncio.to_thread(server.tls.reload)
        after = await shown(server.port)
        statuses = {status for each in await asyncio.gather(*asking) for status in each}

    assert {True} == set(used)
    assert (der(LEAF.certificate), der(OTHER.certificate)) == (before, after)
    assert {200} == statuses


@pytest.mark.parametrize(
    "bad",
    [
        Pair(OTHER.certificate, LEAF.key),
        Pair(LEAF.certificate, b"no key"),
        Pair(b"", b""),
        Pair(OTHER.certificate[:200], OTHER.key),
        OSError("no such file"),
    ],
    ids=["key of another", "no key", "empty", "cut", "gone"],
)
async def test_a_bad_pair_keeps_the_old_one(bad: Pair | OSError) -> None:
    """A pair that cannot be used is said once in the log, and the old one goes on serving."""
    source, log = Changing(pair(LEAF)), Records()
    logging.getLogger("admission.serve").addHandler(log)
    try:
        async with served(tls=loaded(source)) as server:
            source.given = bad
            answers = [server.tls.reload(), server.tls.reload()]
            status, _, _ = await server.post(Connection="close")
            certificate = await shown(server.port)
            source.given = pair(OTHER)
            recovered = server.tls.reload()
            later = await shown(server.port)
    finally:
        logging.getLogger("admission.serve").removeHandler(log)

    assert [False, None] == answers
    assert (200, der(LEAF.certificate)) == (status, certificate)
    assert (True, der(OTHER.certificate)) == (recovered, later)
    assert 1 == len([record for record in log.records if record.levelno == logging.ERROR])


async def test_the_follower_reloads() -> None:
    """The certificate follows its source by itself, and whoever counts is told."""
    source, told = Changing(pair(LEAF)), list[bool]()
    async with served(tls=loaded(source)) as server:
        following = asyncio.create_task(server.tls.follow(0.02, told.append))
        source.given = pair(OTHER)
        await until(lambda: told)
        after = await shown(server.port)
        following.cancel()

    assert (der(OTHER.certificate), [True]) == (after, told)


def test_files(tmp_path: Path) -> None:
    """A pair comes from two files."""
    certificate, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    certificate.write_bytes(LEAF.certificate)
    key.write_bytes(LEAF.key)

    assert pair(LEAF) == from_files(str(certificate), str(key))()


@pytest.mark.parametrize("bad", [Pair(OTHER.certificate, LEAF.key), OSError("tls.crt: no such file")])
def test_a_bad_pair_at_the_start_is_an_error_of_the_configuration(bad: Pair | OSError) -> None:
    """Without a certificate there is nothing to serve with."""
    tls = Tls(Changing(bad))

    with pytest.raises(ConfigurationError, match="the serving certificate cannot be used"):
        tls.load()
    assert not tls.loaded


@pytest.mark.parametrize(("minimum", "answered"), [("1.3", False), ("1.2", True)])
async def test_the_lowest_version(minimum: str, answered: bool) -> None:
    """TLS 1.2 is spoken only where the configuration says so."""
    async with served(tls=loaded(Changing(pair(LEAF)), minimum=minimum)) as server:
        context = trusting(maximum_version=ssl.TLSVersion.TLSv1_2)
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=context)
            writer.close()
            spoke = True
        except (ssl.SSLError, ConnectionError):
            spoke = False

    assert answered == spoke


async def test_a_client_certificate(tmp_path: Path) -> None:
    """With a client CA nobody is served but who shows a certificate of that CA."""
    file, clients = tmp_path / "ca.crt", authority("clients")
    file.write_bytes(clients.certificate)
    async with served(tls=loaded(Changing(pair(LEAF)), client_ca=str(file))) as server:
        answers = [await called(server.port, tmp_path, each) for each in (None, CA, clients)]

    assert [None, None, 405] == answers


async def test_the_client_authority_follows_its_file(tmp_path: Path) -> None:
    """The authority of the API server is rolled without a restart; a file that is away or bad changes nothing."""
    file, old, new = tmp_path / "ca.crt", authority("old"), authority("new")
    file.write_bytes(old.certificate)
    source = Changing(pair(LEAF))
    async with served(tls=loaded(source, client_ca=str(file))) as server:

        async def answered() -> list[int | None]:
            return [await called(server.port, tmp_path, each) for each in (None, old, new)]

        before = await answered()
        file.write_bytes(old.certificate + new.certificate)
        both = server.tls.reload(), await answered()
        file.unlink()
        source.given = pair(OTHER)
        away = server.tls.reload(), await answered(), await shown(server.port, tmp_path, old)
        file.write_bytes(b"no PEM")
        bad = server.tls.reload(), await answered()
        file.write_bytes(new.certificate)
        after = server.tls.reload(), await answered(), await shown(server.port, tmp_path, new)

    assert [None, 405, None] == before
    assert (True, [None, 405, 405]) == both
    assert (False, [None, 405, 405], der(LEAF.certificate)) == away
    assert (False, [None, 405, 405]) == bad
    assert (True, [None, None, 405], der(OTHER.certificate)) == after


def test_without_the_client_authority_nothing_begins(tmp_path: Path) -> None:
    """A file that was never there is an error of the configuration: nobody would be served."""
    with pytest.raises(ConfigurationError, match="the client CA cannot be used"):
        Tls(Changing(pair(LEAF)), client_ca=str(tmp_path / "none"))


async def test_a_first_start_without_a_certificate() -> None:
    """Until there is one connections fail, and the process goes on; the first one is used at once."""
    source = Changing(OSError("the Secret is not there"))
    tls = Tls(source)
    async with served(tls=tls) as server:
        missing = tls.reload(), list(tls.unready())
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await connect(server.port)
        source.given = pair(LEAF)
        found = tls.reload(), list(tls.unready())
        status, _, _ = await server.post()

    assert (False, ["the certificate is not loaded"]) == missing
    assert (True, [], 200) == (*found, status)


async def test_contexts_of_old_certificates_go() -> None:
    """A process that lives for years keeps only the context of the moment, and that of no connection that has ended."""
    source = Changing(pair(LEAF))
    tls = loaded(source)
    gone = []
    async with served(tls=tls) as server:
        for number in range(6):
            source.given = pair(OTHER if number % 2 == 0 else LEAF)
            tls.reload()
            gone.append(weakref.ref(tls._serving))
            await server.post(Connection="close")
        source.given = pair(OTHER)
        tls.reload()
    gc.collect()

    assert [None] * 6 == [each() for each in gone]


def test_nobody_resumes() -> None:
    """Whoever comes back shows its certificate again, and sees ours."""
    tls, context = loaded(Changing(pair(LEAF))), trusting()
    first = ended(context, tls.context, None)
    second = ended(context, tls.context, first.session)

    assert not first.session.has_ticket
    assert not second.session_reused


def ended(context: ssl.SSLContext, serving: ssl.SSLContext, session: ssl.SSLSession | None) -> ssl.SSLObject:
    """The client's end of a connection after its handshake, and after what the server sends behind that."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(to_client, to_server, server_hostname="webhook.test", session=session)
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    left: list[ssl.SSLObject] = [client, server]
    for _ in range(10):
        for each in list(left):
            try:
                each.do_handshake()
                left.remove(each)
            except ssl.SSLWantReadError:
                continue
    server.write(b"x")
    assert client.read(1) == b"x"
    return client


async def called(port: int, folder: Path, issuer: Certificate | None) -> int | None:
    """The status that somebody gets whose certificate is by *issuer*; None where nobody talks to him."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=calling(folder, issuer))
        writer.write(b"GET /validate HTTP/1.1\r\nHost: x\r\n\r\n")
        line = await reader.readline()
        writer.close()
    except (ssl.SSLError, ConnectionError):
        return None
    return int(line.split()[1]) if line else None


def calling(folder: Path, issuer: Certificate | None) -> ssl.SSLContext:
    """The context of a client that has a certificate by *issuer*."""
    context = trusting()
    if issuer is not None:
        mine = leaf(issuer, ["kube-apiserver"])
        (folder / "mine.pem").write_bytes(mine.certificate + mine.key)
        context.load_cert_chain(folder / "mine.pem")
    return context
