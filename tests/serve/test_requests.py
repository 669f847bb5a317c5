"""Every row of the table in interfaces.md 4, over a real TLS socket."""

from __future__ import annotations

import asyncio
import logging
import random
import time

import pytest
from serving import UID, Held, Records, connect, health, review, served, status_line, until

from admission.serve.app import Answered
from admission.serve.limits import Limits
from admission.serve.metrics import Metrics


@pytest.mark.parametrize("endpoint", ["mutate", "validate"])
async def test_a_review_is_answered_with_its_uid(endpoint: str) -> None:
    """The function that decides is told the endpoint, and its answer goes back as it is."""
    async with served() as server:
        status, headers, answer = await server.post(f"/{endpoint}?timeout=5s")

    response = answer["response"]
    assert (200, "application/json") == (status, headers["Content-Type"])
    assert (UID, True, endpoint) == (response["uid"], response["allowed"], response["endpoint"])


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"[]", b"null", b"{}", b'{"request": null}', b'{"request": {}}', b"\xff\xfe\x00", b"{" * 50_000],
    ids=["empty", "text", "list", "null", "no request", "null request", "no uid", "bytes", "braces"],
)
async def test_what_is_no_review_is_400(body: bytes) -> None:
    """What is not an AdmissionReview is answered with 400 and a JSON body that says why."""
    async with served() as server:
        status, headers, answer = await server.post(body=body)

        assert 1 == server.count("argo_admission_rejected_total", code="400")
    assert (400, "application/json") == (status, headers["Content-Type"])
    assert answer["message"].startswith("not an AdmissionReview: ")


@pytest.mark.parametrize(
    "headers",
    [{"Content_Type": "text/plain"}, {"Content_Type": "application/yaml"}, {"Content_Encoding": "gzip"}],
    ids=["text", "yaml", "compressed"],
)
async def test_another_content_type_is_415(headers: dict[str, str]) -> None:
    """Only plain JSON is read."""
    async with served() as server:
        status, _, answer = await server.post(**headers)

    assert 415 == status
    assert "application/json" in answer["message"]


async def test_a_charset_is_no_other_content_type() -> None:
    """Parameters of the content type do not matter: JSON is UTF-8."""
    async with served() as server:
        status, _, _ = await server.post(Content_Type="application/json; charset=utf-8")

    assert 200 == status


async def test_too_large_by_its_length_is_413_before_it_is_sent() -> None:
    """A body that is announced as too large is refused before any of it has come."""
    async with served() as server:
        reader, writer = await connect(server.port)
        head = (
            f"POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {10**10}\r\n\r\n"
        )
        writer.write(head.encode())

        assert 413 == await status_line(reader)
        writer.close()


async def test_too_large_in_chunks_is_413_without_reading_it_all() -> None:
    """A body of unknown length is read up to the limit and no further, and the connection ends."""
    async with served(body=100_000) as server:
        reader, writer = await connect(server.port)
        writer.write(
            b"POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(11):
            writer.write(b"2710\r\n" + b" " * 10_000 + b"\r\n")

        assert 413 == await status_line(reader)
        assert await asyncio.wait_for(reader.read(), 30), "the rest of the answer, and the end of the connection"
        writer.close()


async def test_as_large_as_the_limit_is_read() -> None:
    """The limit itself is not too large."""
    body = review()
    async with served(body=len(body)) as server:
        at, _, _ = await server.post(body=body)
        above, _, _ = await server.post(body=body + b" ")

    assert (200, 413) == (at, above)


async def test_too_many_in_flight_is_429_at_once() -> None:
    """Above the limit requests are refused at once and told when to come again; those in flight are answered."""
    held = Held()
    async with served(held, in_flight=2, seconds=60) as server:
        first = [asyncio.create_task(server.post()) for _ in range(2)]
        await until(lambda: server.in_flight == 2)
        status, headers, _ = await server.post()
        waited_for = [each.done() for each in first]
        held.let_go()
        answers = await asyncio.gather(*first)
        await until(lambda: server.in_flight == 0)
        after, _, _ = await server.post()

    assert (429, "1") == (status, headers["Retry-After"])
    assert [False, False] == waited_for
    assert [200, 200, 200] == [*(answer[0] for answer in answers), after]


async def test_large_bodies_do_not_fill_the_memory() -> None:
    """Of what is in flight only so many bytes are held; what is refused then is let in once others are answered."""
    held, body = Held(), review().ljust(1000)
    async with served(held, body=1000, in_flight=50, seconds=60) as server:
        first = [asyncio.create_task(server.post(body=body)) for _ in range(10)]
        await until(lambda: server.in_flight == 10 and len(held.seen) == 4)
        status, headers, answer = await server.post()
        held.let_go()
        answers = await asyncio.gather(*first)
        await until(lambda: server.in_flight == 0)
        after = [(await server.post(body=body))[0] for _ in range(20)]

    assert (429, "1") == (status, headers["Retry-After"])
    assert "10000 bytes of requests are in flight" in answer["message"]
    assert [200] * 30 == [*(each[0] for each in answers), *after]


@pytest.mark.parametrize(("endpoint", "allowed"), [("validate", False), ("mutate", True)])
async def test_a_failure_of_ours_is_an_answer(endpoint: str, allowed: bool) -> None:
    """An exception becomes a review with code 500 and a reference that the log has, too; its text stays in the log."""
    log = Records()
    logging.getLogger("admission.serve").addHandler(log)
    try:
        async with served() as server:
            status, _, answer = await server.post(f"/{endpoint}", review(operation="FAIL"))

            counted = {"endpoint": endpoint, "kind": "", "operation": "", "verdict": "failed", "code": "500"}
            assert 1 == server.count("argo_admission_requests_total", **counted)
    finally:
        logging.getLogger("admission.serve").removeHandler(log)

    response = answer["response"]
    [record] = log.records
    assert (200, UID, allowed, 500) == (status, response["uid"], response["allowed"], response["status"]["code"])
    assert response["status"]["message"].endswith(record.reference)  # type: ignore[attr-defined]
    assert "only the log" not in response["status"]["message"]
    assert "only the log" in str(record.exc_info)


@pytest.mark.parametrize(("endpoint", "allowed"), [("validate", False), ("mutate", True)])
async def test_a_late_review_is_504_before_the_caller_gives_up(endpoint: str, allowed: bool) -> None:
    """Shortly before the API server's own timeout the answer goes out, whatever the review is still doing."""
    held = Held()
    async with served(held, margin=1.5) as server:
        started = time.monotonic()
        _, _, answer = await server.post(f"/{endpoint}?timeout=2500ms")
        took = time.monotonic() - started
        held.let_go()

    response = answer["response"]
    assert (UID, allowed, 504) == (response["uid"], response["allowed"], response["status"]["code"])
    assert took < 2.5


@pytest.mark.parametrize("asked", ["1ms", "1ns"])
async def test_a_review_without_any_time_is_504_too(asked: str) -> None:
    """Where no time is left from the beginning, what has come is read, so that the answer has its uid."""
    held = Held()
    async with served(held) as server:
        status, _, answer = await server.post(f"/validate?timeout={asked}")
        held.let_go()

    assert (200, UID, 504) == (status, answer["response"]["uid"], answer["response"]["status"]["code"])


async def test_a_review_that_waits_for_a_worker_is_504_too() -> None:
    """Time spent waiting for a worker counts, and what was given up is not reviewed afterwards."""
    held = Held()
    async with served(held, workers=1, seconds=60) as server:
        slow = asyncio.create_task(server.post(body=review("slow")))
        await until(lambda: held.seen)
        _, _, answer = await server.post("/validate?timeout=200ms", review("waiting"))
        held.let_go()
        await slow
        await until(lambda: server.in_flight == 0)

    assert ("waiting", 504) == (answer["response"]["uid"], answer["response"]["status"]["code"])
    assert ["slow"] == held.seen


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("5s", 4.5), ("1m30s", 8), (None, 8), ("soon", 8), ("100ms", 0.05)],
    ids=["of the caller", "longer than ours", "none", "no duration", "shorter than the margin"],
)
def test_the_time_that_a_review_has(asked: str | None, expected: float) -> None:
    """A review has the caller's timeout less a margin, and never more than the configured limit."""
    assert expected == Limits(seconds=8.0, margin=0.5).time(asked)


@pytest.mark.parametrize(("query", "least", "most"), [("?timeout=9s", 0, 8.7), ("", 8.7, 60)], ids=["asked", "ours"])
async def test_a_review_is_told_its_time(query: str, least: float, most: float) -> None:
    """It is what is left of it when the review begins."""
    async with served(seconds=60.0) as server:
        _, _, answer = await server.post(f"/validate{query}")

    assert least < answer["response"]["left"] <= most


async def test_a_body_that_does_not_come_holds_no_place() -> None:
    """A client that sends half a request is told so in time, and the place is free again."""
    async with served(seconds=2, in_flight=1) as server:
        reader, writer = await connect(server.port)
        writer.write(
            b"POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        late = await status_line(reader)
        writer.close()
        status, _, _ = await server.post()

    assert (408, 200) == (late, status)


async def test_a_client_that_goes_away_holds_no_place() -> None:
    """A connection that breaks in the middle of a body leaves nothing behind."""
    async with served(in_flight=1) as server:
        _, writer = await connect(server.port)
        writer.write(
            b"POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        await until(lambda: server.in_flight == 1)
        writer.transport.abort()
        await until(lambda: server.in_flight == 0)
        status, _, _ = await server.post()

    assert 200 == status


@pytest.mark.parametrize(("method", "path", "expected"), [("GET", "/validate", 405), ("POST", "/metrics", 404)])
async def test_other_methods_and_paths(method: str, path: str, expected: int) -> None:
    """The TLS port has its two endpoints and nothing else."""
    async with served() as server, server.client.request(method, f"https://127.0.0.1:{server.port}{path}") as answer:
        assert expected == answer.status


async def test_an_unknown_kind_is_counted() -> None:
    """What we do not know is allowed, and operators can see that it comes."""

    def unknown(endpoint: str, body: bytes, deadline: float) -> Answered:
        return Answered(body=b"{}", kind="other", operation="CREATE", verdict="allowed", known=False)

    async with served(unknown) as server:
        await server.post()

        assert 1 == server.count("argo_admission_unknown_kinds_total")


async def test_health() -> None:
    """Alive is who answers; ready is who has no reason not to be, and the reasons are said."""
    reasons: list[str] = ["WorkflowTemplate: the first list is not here yet"]
    async with health(lambda: reasons, Metrics("1.2.3")) as get:
        alive, before = await get("/livez"), await get("/readyz")
        reasons.clear()
        after, (status, metrics) = await get("/readyz"), await get("/metrics")

    assert (200, "ok\n") == alive
    assert (503, "WorkflowTemplate: the first list is not here yet\n") == before
    assert (200, "ok\n") == after
    assert 200 == status
    assert 'argo_admission_build_info{version="1.2.3"} 1.0' in metrics
    assert "_created" not in metrics


async def test_watched_gauges_are_read_when_somebody_looks() -> None:
    """What others know is asked for at every scrape."""
    metrics, values = Metrics(), {("WorkflowTemplate",): 3.0}
    metrics.watch("catalog_objects", "Objects.", ("kind",), lambda: values)
    values[("Namespace",)] = 2.0

    found = [metrics.registry.get_sample_value("argo_admission_catalog_objects", {"kind": kind}) for (kind,) in values]
    assert [3.0, 2.0] == found


async def test_health_answers_while_every_worker_is_busy() -> None:
    """Reviews run in threads, so that the loop goes on answering."""
    held = Held()
    async with served(held, workers=1, seconds=60) as server, health(list, server.metrics) as get:
        waiting = [asyncio.create_task(server.post()) for _ in range(3)]
        await until(lambda: server.in_flight == 3)
        status, _ = await get("/livez")
        answered = [each.done() for each in waiting]
        held.let_go()
        await asyncio.gather(*waiting)

    assert (200, [False] * 3) == (status, answered)


async def test_random_bodies_leave_it_answering() -> None:
    """Ten thousand random and truncated bodies are refused one by one, with nothing of it in the log."""
    log = Records()
    logging.getLogger().addHandler(log)
    generator, whole = random.Random(7), review(object={"metadata": {"name": "x" * 200}})

    def body() -> bytes:
        cut = generator.randrange(1, len(whole) - 1)
        return generator.choice([whole[:cut], whole[cut:], generator.randbytes(cut)])

    async def client(count: int) -> set[int]:
        return {(await server.post(generator.choice(["/mutate", "/validate"]), body()))[0] for _ in range(count)}

    try:
        async with served() as server:
            statuses = set().union(*await asyncio.gather(*(client(500) for _ in range(20))))
            status, _, _ = await server.post()

            assert 10_000 == server.count("argo_admission_rejected_total", code="400")
    finally:
        logging.getLogger().removeHandler(log)

    assert ({400}, 200) == (statuses, status)
    assert [] == [record.getMessage() for record in log.records if record.levelno >= logging.WARNING]


async def test_random_bytes_before_and_in_tls_leave_it_answering() -> None:
    """What is no TLS, and what is no HTTP, ends its own connection and nothing else."""
    log, generator = Records(), random.Random(11)
    logging.getLogger().addHandler(log)
    try:
        async with served() as server:
            for _ in range(100):
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                writer.write(generator.randbytes(200))
                writer.close()
            for _ in range(100):
                reader, writer = await connect(server.port)
                writer.write(generator.randbytes(200) + b"\r\n\r\n")
                await asyncio.wait_for(reader.read(100), 30)
                writer.close()
            status, _, _ = await server.post()
    finally:
        logging.getLogger().removeHandler(log)

    assert 200 == status
    assert [] == [record.getMessage() for record in log.records if record.levelno >= logging.WARNING]
