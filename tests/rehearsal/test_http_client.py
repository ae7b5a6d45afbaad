"""The attendees' HTTP client against servers that answer in every way there is."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from scripts.rehearsal.failures import NoAnswer
from scripts.rehearsal.http_client import Answer, Client, Traffic
from scripts.rehearsal.origin import Origin, parse_target

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def served(
    *connections: list[bytes | None], tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Serve each connection its own answers, None for silence, then close it; yield port and requests."""
    waiting, requests = list(connections), []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in waiting.pop(0):
            try:
                requests.append(await reader.readuntil(b"\r\n\r\n"))
            except asyncio.IncompleteReadError:
                break
            if answer is None:
                await asyncio.sleep(30)
            else:
                writer.write(answer)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], requests


def client_of(port: int, *, tls: ssl.SSLContext | None = None, timeout_s: float = 5) -> Client:
    target = parse_target(f"http{'s' if tls else ''}://127.0.0.1:{port}/live")
    return Client(Origin(target, ["127.0.0.1"], tls), Traffic(), timeout_s)


async def get(client: Client, path: str = "/v1/x") -> Answer:
    return await client.send("GET", path, {"If-None-Match": '"a"'})


async def test_answers_of_every_form_are_read_on_one_connection() -> None:
    packed = gzip.compress(b'{"a": 1}')
    length = b"%d" % len(packed)
    answers: list[bytes | None] = [
        b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %b\r\n\r\n" % length
        + packed,
        b'HTTP/1.1 503 X\r\nRetry-After: 7\r\nContent-Length: 15\r\n\r\n{"code": "busy"}'[:-1]
        + b" ",
    ]
    async with served(answers) as (port, requests):
        client = client_of(port)
        received = [await get(client) for _ in answers]
        client.close()
    assert [answer.status for answer in received] == [304, 200, 200, 200, 503]
    assert [answer.body for answer in received[:3]] == [b"", b"hi", b"ok"]
    assert received[3].json == {"a": 1}
    assert (received[4].retry_after_s, received[4].code) == (7, "")
    assert client.traffic.connections == 1
    assert requests[0].startswith(b"GET /live/v1/x HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b'If-None-Match: "a"\r\n' in requests[0]


async def test_a_request_that_an_idle_connection_lost_is_sent_again() -> None:
    async with served([OK, b""], [OK]) as (port, requests):
        client = client_of(port)
        assert [(await get(client, path)).status for path in ("/1", "/2")] == [200, 200]
        client.close()
    assert [request.split()[1] for request in requests] == [b"/live/1", b"/live/2", b"/live/2"]
    assert (client.traffic.connections, client.traffic.resent) == (2, 1)


async def test_what_counts_twice_when_it_is_sent_twice_is_sent_once() -> None:
    async with served([OK, b""], [OK]) as (port, requests):
        client = client_of(port)
        assert (await get(client)).status == 200
        with pytest.raises(NoAnswer):
            await client.send("POST", "/v1/x", {}, b"{}", counts_twice=True)
        client.close()
    assert len(requests) == 2


async def test_a_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    async with served([OK], [OK]) as (port, requests):
        client = client_of(port)
        assert (await get(client)).status == 200
        await asyncio.sleep(0.1)
        assert (await get(client)).status == 200
        client.close()
    assert (len(requests), client.traffic.resent) == (2, 0)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([], "connection lost"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"], "connection lost"),
        ([b"220 mail.example.org\r\n\r\n"], "not HTTP"),
        (
            [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"],
            "not HTTP",
        ),
        ([None], "none in 0 s"),
    ],
    ids=["closed", "cut short", "mail", "no gzip", "silent"],
)
async def test_what_is_no_answer_says_why(answers: list[bytes | None], reason: str) -> None:
    async with served(answers) as (port, _):
        client = client_of(port, timeout_s=0.4)
        with pytest.raises(NoAnswer) as failure:
            await get(client)
        client.close()
    assert str(failure.value) == reason


async def test_after_a_silence_the_late_answer_is_not_taken_for_the_next_one() -> None:
    async with served([None], [OK]) as (port, _):
        client = client_of(port, timeout_s=0.2)
        with pytest.raises(NoAnswer):
            await get(client)
        assert (await get(client)).body == b"ok"
        client.close()
    assert client.traffic.connections == 2


async def test_after_a_request_that_was_given_up_the_next_gets_its_own_answer() -> None:
    async with served([b"", OK], [OK.replace(b"ok", b"no")]) as (port, requests):
        client = client_of(port)
        given_up = asyncio.create_task(get(client, "/1"))
        while not requests:
            await asyncio.sleep(0.01)
        given_up.cancel()
        assert (await get(client, "/2")).body == b"no"
        client.close()


def certificate(directory: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server and a client need that trust a new certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    chain, secret = directory / "chain.pem", directory / "key.pem"
    chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, secret)
    return server, ssl.create_default_context(cafile=str(chain))


async def test_a_certificate_is_checked(tmp_path: Path) -> None:
    server, trusting = certificate(tmp_path)
    async with served([OK], [OK], tls=server) as (port, _):
        client = client_of(port, tls=trusting)
        assert (await get(client)).body == b"ok"
        client.close()
        doubting = client_of(port, tls=ssl.create_default_context())
        with pytest.raises(NoAnswer, match="self-signed certificate"):
            await get(doubting)
