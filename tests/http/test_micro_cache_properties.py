"""Whatever is asked, in whatever order and at the same time: nobody gets what is not theirs or too old."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.http.micro_cache import MicroCache
from tests.support.origin import Clock, Headers, Receive, Reply, Scope, Send, ask, settle

BUDGET = 60_000


@dataclass(frozen=True)
class Kind:
    """How the application answers at the moment; `lasts_s` is 0 unless it may be stored."""

    status: int = 200
    cache_control: bytes = b"public, max-age=1"
    lasts_s: float = 1
    is_private: bool = False
    more: tuple[tuple[bytes, bytes], ...] = ()


KINDS = {
    "one second": Kind(),
    "ten seconds": Kind(cache_control=b"public, max-age=10", lasts_s=10),
    "private": Kind(cache_control=b"private, max-age=9", lasts_s=0, is_private=True),
    "no-store": Kind(cache_control=b"no-store", lasts_s=0, is_private=True),
    "cookie": Kind(lasts_s=0, is_private=True, more=((b"set-cookie", b"who=me"),)),
    "varied": Kind(lasts_s=0, is_private=True, more=((b"vary", b"User-Agent"),)),
    "gone": Kind(status=404, lasts_s=0),
    "down": Kind(status=503, lasts_s=0),
    "denied": Kind(status=403, lasts_s=0, is_private=True),
}


@dataclass(frozen=True)
class Request:
    """One request of a client, that goes away after so many turns of the loop, if it does."""

    path: str
    credential: bytes
    gives_up_after: int | None

    @property
    def headers(self) -> Headers:
        return [(b"authorization", self.credential)] if self.credential else []


@dataclass
class World:
    """An application, the cache in front of it, and the rules that every reply is held against."""

    clock: Clock = field(default_factory=Clock)
    kind: str = "one second"
    pause: int = 0
    batch: int = 0
    runs: int = 0
    delivered: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.cache = MicroCache(self.app, max_bytes=BUDGET, clock=self.clock)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.runs += 1
        kind = KINDS[self.kind]
        credential = dict(scope["headers"]).get(b"authorization", b"")
        marks = (self.runs, self.batch, self.clock.now, self.kind, scope["path"])
        body = "|".join(str(mark) for mark in marks).encode() + b"|" + credential
        for _ in range(self.pause):
            await asyncio.sleep(0)
        headers = [(b"cache-control", kind.cache_control), *kind.more]
        await send({"type": "http.response.start", "status": kind.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def ask_all(self, requests: Sequence[Request]) -> None:
        self.batch += 1
        tasks = [
            asyncio.create_task(ask(self.cache, each.path, headers=each.headers))
            for each in requests
        ]
        for turn in range(12):
            await asyncio.sleep(0)
            for task, request in zip(tasks, requests, strict=True):
                if request.gives_up_after == turn:
                    task.cancel()
        ends = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        for end, request in zip(ends, requests, strict=True):
            if request.gives_up_after is None or isinstance(end, Reply):
                assert isinstance(end, Reply), end
                self.check(request, end)
        assert self.cache.stored_bytes <= BUDGET

    def check(self, request: Request, reply: Reply) -> None:
        run, batch, made_at, name, path, credential = reply.body.split(b"|")
        kind = KINDS[name.decode()]
        age = self.clock.now - float(made_at)
        assert (path.decode(), credential) == (request.path, request.credential)
        assert reply.status == kind.status
        if credential or kind.is_private:
            assert run not in self.delivered
        if credential or not kind.lasts_s:
            assert int(batch) == self.batch
        assert age == 0 or age < kind.lasts_s
        self.delivered.add(run)


requests = st.builds(
    Request,
    path=st.sampled_from(["/a", "/b"]),
    credential=st.sampled_from([b"", b"", b"", b"Bearer 1", b"Bearer 2"]),
    gives_up_after=st.sampled_from([None, None, None, 0, 1, 3, 6]),
)
steps = st.one_of(
    st.lists(requests, min_size=1, max_size=6),
    st.sampled_from([0.1, 0.25, 0.9, 1.0, 6.0]),
    st.sampled_from(sorted(KINDS)),
    st.integers(0, 8),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=30))
async def test_nobody_gets_what_is_not_theirs_or_too_old(
    script: list[list[Request] | str | float | int],
) -> None:
    world = World()
    for step in script:
        if isinstance(step, list):
            await world.ask_all(step)
        elif isinstance(step, str):
            world.kind = step
        elif isinstance(step, float):
            world.clock.now += step
        else:
            world.pause = step
    await settle()
    assert world.cache.stats.failures == 0
