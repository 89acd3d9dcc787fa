"""What a walk read is not read again, and never believed against the captures."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

import pytest

from extractors import spool
from extractors.collect import collect, plan
from extractors.parse import parse_partition
from extractors.source import AuthorDraft, Page, PostDraft, Refused, Request
from extractors.spool import Read, Spool
from ouidire import lake
from ouidire.records import Post

DAY = date(2026, 10, 14)
AT = datetime(2026, 10, 14, 8, 30, 15, 123457, tzinfo=UTC)


class Words(str):
    """As libraries give them: words that hold on to a whole document."""

    __slots__ = ()


FULL = PostDraft(
    native_id="1", instance="a.example", kind="review", text="Déçue \ud800 \0", created_at=AT, url="https://a.example/1",
    title="t", author=AuthorDraft(handle="ana", name="Ana", follower_count=10**30), rating=0.8, like_count=0,
    edited_at=datetime(9999, 12, 31, tzinfo=timezone(timedelta(hours=-3))), is_context=True,
)  # fmt: skip
PLAIN = PostDraft(native_id="2", instance="a.example", kind="post", text="mot", created_at=AT.replace(year=1))
PAGES = {
    "nothing": Page(),
    "everything": Page(posts=(FULL, PLAIN), refused=(Refused(item="3", reason="why"),)),
    "words of a library": Page(posts=(PostDraft(
        native_id=Words("1"), instance=Words("a.example"), kind="post", text=Words("mot"), created_at=AT,
        author=AuthorDraft(handle=Words("ana")),
    ),)),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_drafts_come_back_as_they_were(tmp_path, name):
    page, path = PAGES[name], tmp_path / "j-0001.spool"
    found = Spool.create(path)
    found.put(7, Read.of(page))
    found.seal("mark")
    found.close()
    (tmp_path / "j-0001-000007.parquet").touch()
    os.utime(tmp_path / "j-0001-000007.parquet", (0, 0))
    read = Spool.sealed(path, "mark").get(7)
    assert (tuple(read.drafts), list(read.refused)) == (page.posts, [(r.reason, r.item) for r in page.refused])
    assert {type(word) for draft in read.drafts for word in (draft.text, draft.native_id)} <= {str}


def test_what_no_draft_may_hold_is_refused(tmp_path):
    odd = PostDraft(native_id="1", instance="a.example", kind="post", text="mot", created_at=AT, rating=Fraction(1, 2))
    with closing(Spool.create(tmp_path / "x")) as found, pytest.raises(TypeError, match="a draft holds a Fraction"):
        found.put(1, Read.of(Page(posts=(odd,))))


@pytest.fixture
def night(web, settings, brands_of, limits, play, reply):  # noqa: PLR0917
    """A source of three pages, one post each. `parsed` lists the pages read; `run` collects, `rows` parses."""

    class Night:
        folder = lake.partition_dir(settings.captures, DAY, "s")
        options = "{}"

        def __init__(self):
            self.parsed = []

        def _brands(self):
            source = f'id: s, type: mastodon, url: "{web.base}", options: {self.options}'
            return brands_of(source, private=(web.host,))

        def parse(self, request, response, window):
            n = int(response.body)
            self.parsed.append(n)
            post = PostDraft(native_id=str(n), instance="a.example", kind="post", text=f"mot {n}", created_at=AT)
            return Page(posts=(post,), next_requests=(Request(url=f"{web.base}/{n + 1}"),) if n < 3 else ())

        def run(self, **told):
            self.parsed.clear()
            brands = self._brands()
            return collect(settings, brands, plan(brands, DAY), limits=limits, **told)

        def rows(self):
            """Pages that had to be read, and the texts of the rows."""
            self.parsed.clear()
            parse_partition(settings, self._brands(), DAY, "s")
            texts = [post.text for post in lake.read_rows(settings, DAY, "s", Post, "posts")]
            return sorted(self.parsed), sorted(texts)

        @property
        def spools(self):
            return list(self.folder.glob(f"*{lake.SPOOL}"))

    made = Night()
    play(seed=lambda query, window: [Request(url=f"{query.url}/1")], parse=made.parse)
    for n in (1, 2, 3):
        web.says(f"/{n}", reply(str(n)))
    return made


WORDS = ["mot 1", "mot 2", "mot 3"]


@pytest.mark.parametrize("has_references", [False, True])
def test_no_answer_is_read_twice_and_then_all_are_there_to_read_again(night, play, has_references):
    play(declared={"has_references": has_references}, parse=night.parse)
    night.run()
    assert (night.parsed, len(night.spools)) == ([1, 2, 3], 1)
    assert night.rows() == ([], WORDS)
    assert night.spools == [], "its words do not lie about"
    assert night.rows() == ([1, 2, 3], WORDS), "from the captures"


def _touch(night, monkeypatch):
    for path in night.folder.glob("*.parquet"):
        os.utime(path, ns=(path.stat().st_atime_ns, night.spools[0].stat().st_mtime_ns + 1))


def _tear(night, monkeypatch):
    raw = night.spools[0].read_bytes()
    night.spools[0].write_bytes(raw[:-1])


def _empty(night, monkeypatch):
    night.spools[0].write_bytes(b"")


def _zero(night, monkeypatch):
    raw = night.spools[0].read_bytes()
    night.spools[0].write_bytes(bytes(len(raw) - spool._TAIL.size) + raw[-spool._TAIL.size :])


def _remove(night, monkeypatch):
    night.spools[0].unlink()


def _mend(night, monkeypatch):
    monkeypatch.setattr(spool, "_code", lambda: "a parser that was mended since")


def _set_option(night, monkeypatch):
    night.options = "{reply_days: 3}"


def _tear_a_page(night, monkeypatch):
    raw = night.spools[0].read_bytes()
    night.spools[0].write_bytes(bytes(100) + raw[100:])


@pytest.mark.parametrize("change", [_touch, _tear, _empty, _zero, _remove, _mend, _set_option, _tear_a_page])
def test_captures_are_the_truth(night, monkeypatch, change):
    night.run()
    change(night, monkeypatch)
    assert night.rows() == ([1, 2, 3], WORDS)
    assert night.spools == []


def test_a_walk_that_died_leaves_nothing_to_believe(night, play, web):
    def dies(request, response, window):
        if response.body == b"3":
            raise KeyboardInterrupt
        return night.parse(request, response, window)

    play(parse=dies)
    with pytest.raises(KeyboardInterrupt):
        night.run()
    assert len(night.spools) == 1
    play(parse=night.parse)
    assert night.rows()[1] in ([], WORDS[:2]), "what had landed"
    assert night.spools == []
    night.run()
    assert night.rows() == ([], WORDS)


def test_a_refetch_has_its_own(night, web, reply):
    night.run()
    web.says("/2", reply("", 403))
    (outcome,) = night.run(refetch=True)
    assert (outcome.state, len(night.spools)) == ("truncated", 2)
    assert night.rows() == ([], WORDS), "the page that was refused is that of the first walk"
