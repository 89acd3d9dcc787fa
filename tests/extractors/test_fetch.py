"""The client against servers that fail, stall, cheat and forbid."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import time

import pytest

from extractors.fetch import FetchError, Validator
from extractors.pace import Pace
from ouidire import __version__


def failure(client, url):
    """The FetchError of a fetch."""
    with pytest.raises(FetchError) as error:
        client.get(url)
    return error.value


def test_it_says_who_it_is_and_keeps_no_cookie(web, client, reply):
    web.says("/a", reply("hello", headers={"Set-Cookie": "id=1; Path=/", "X-Secret": "s", "ETag": '"1"'}))
    made = client()
    answer = made.get(f"{web.base}/a")
    made.get(f"{web.base}/a")
    _, sent = web.asked[-1]
    assert sent["user-agent"] == f"ouidire/{__version__} (+https://us.example/bot)"
    assert sent["accept-encoding"] == "gzip"
    assert "cookie" not in sent
    assert answer.body == b"hello"
    assert dict(answer.headers) == {"date": answer.headers["date"], "etag": '"1"'} | {
        k: v for k, v in answer.headers.items() if k not in ("date", "etag")
    }
    assert "set-cookie" not in answer.headers
    assert "x-secret" not in answer.headers


def test_gzip_is_unpacked(web, client, reply):
    body = gzip.compress(b"hello" * 100)
    web.says("/a", reply(body, headers={"Content-Encoding": "gzip"}))
    answer = client().get(f"{web.base}/a")
    assert (answer.body, answer.wire_bytes) == (b"hello" * 100, len(body))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_failure_is_tried_again(web, client, reply, status):
    web.says("/a", reply("", status), reply("", status), reply("ok"))
    made = client()
    assert made.get(f"{web.base}/a").body == b"ok"
    assert made.slept == [1.0, 2.0]


def test_retry_after_is_honoured_within_bounds(web, client, reply):
    web.says("/a", reply("", 429, {"Retry-After": "7"}), reply("ok"))
    web.says("/b", reply("", 429, {"Retry-After": "3600"}), reply("never asked"))
    web.says("/c", reply("", 429, {"X-RateLimit-Reset": "2999-01-01T00:00:00Z"}))
    made = client()
    assert made.get(f"{web.base}/a").body == b"ok"
    assert made.slept == [7.0]
    error = failure(made, f"{web.base}/b")
    assert (error.state, "asks to wait 3600 s" in str(error)) == ("blocked", True)
    assert web.count("/b") == 1
    assert failure(made, f"{web.base}/c").state == "blocked"


def test_a_lasting_failure_is_an_answer_or_unreachable(web, client, reply):
    web.says("/a", reply("", 503))
    assert client().get(f"{web.base}/a").status == 503
    assert web.count("/a") == 4
    error = failure(client(private=("127.0.0.1",)), "http://127.0.0.1:1/")
    assert error.state == "unreachable"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_not_tried_again(web, client, reply, status):
    web.says("/a", reply("", status))
    assert client().get(f"{web.base}/a").status == status
    assert web.count("/a") == 1


def test_robots_are_obeyed_for_our_name(web, client, reply):
    rules = "\ufeffUser-agent: *\nDisallow: /\n\nUser-agent: ouidire\nDisallow: /private\nCrawl-delay: 3\n"
    web.says("/robots.txt", reply(rules))
    web.says("/open", reply("ok"))
    made = client()
    assert made.get(f"{web.base}/open").body == b"ok"
    error = failure(made, f"{web.base}/private/x")
    assert (error.state, "robots.txt" in str(error)) == ("forbidden", True)
    assert [path for path, _ in web.asked] == ["/robots.txt", "/open"]
    made.get(f"{web.base}/open")
    assert 2.5 < max(made.slept) <= 3.0


def test_no_robots_answer_means_no_fetch(web, client, reply):
    web.says("/robots.txt", reply("", 503))
    made = client()
    assert failure(made, f"{web.base}/a").state == "unreachable"
    assert failure(made, f"{web.base}/b").state == "unreachable"
    assert web.count("/robots.txt") == 4, "a dead host is not asked again for every job"


def test_redirects_are_followed_by_hand_and_checked(web, client, reply):
    web.says("/robots.txt", reply("User-agent: *\nDisallow: /private\n"))
    web.says("/a", reply("", 302, {"Location": "/b"}))
    web.says("/b", reply("", 301, {"Location": f"{web.base}/c"}))
    web.says("/c", reply("ok"))
    web.says("/loop", reply("", 302, {"Location": "/loop"}))
    web.says("/robotted", reply("", 302, {"Location": "/private"}))
    made = client()
    answer = made.get(f"{web.base}/a")
    assert (answer.body, answer.url) == (b"ok", f"{web.base}/c")
    assert "more than 5 redirects" in str(failure(made, f"{web.base}/loop"))
    assert failure(made, f"{web.base}/robotted").state == "forbidden"


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data/", "http://0x7f000001/", "file:///etc/passwd", "ftp://a.example/",
     "http://user:pw@127.0.0.1/", "gopher://a/", "http://[::1]/"],
)  # fmt: skip
def test_redirects_to_where_nobody_may_go(web, client, reply, target):
    web.says("/a", reply("", 302, {"Location": target}))
    error = failure(client(), f"{web.base}/a")
    assert error.state == "forbidden", error
    assert "pw" not in str(error)


@pytest.mark.parametrize("location", ["", "http://[broken", "http://a:b/"])
def test_redirects_to_nowhere(web, client, reply, location):
    web.says("/a", reply("", 302, {"Location": location}))
    assert failure(client(), f"{web.base}/a").state == "unreachable"


def test_bombs_stop_at_the_limit(web, client, reply):
    web.says("/gz", reply(gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"}))
    web.says("/long", reply(b"x" * 400_000))
    web.says("/twice", reply(gzip.compress(gzip.compress(b"x")), headers={"Content-Encoding": "gzip, gzip"}))
    web.says("/br", reply(b"\x0b\x02\x80", headers={"Content-Encoding": "br"}))
    web.says("/torn", reply(gzip.compress(b"hello" * 1000)[:30], headers={"Content-Encoding": "gzip"}))
    web.says("/lie", reply(b"not gzip", headers={"Content-Encoding": "gzip"}))
    made = client()
    assert "larger than 300,000 bytes" in str(failure(made, f"{web.base}/gz"))
    assert failure(made, f"{web.base}/long").state == "truncated"
    for path in ("/twice", "/br"):
        assert "not asked for" in str(failure(made, f"{web.base}{path}"))
    assert "cut short" in str(failure(made, f"{web.base}/torn"))
    assert failure(made, f"{web.base}/lie").state == "unreachable"


def drip(head: bytes, drop: bytes):
    """Speak a head, then a drop at a time until the other side hangs up."""

    def act(connection):
        with contextlib.suppress(OSError):
            connection.sendall(head)
            for _ in range(200):
                time.sleep(0.05)
                connection.sendall(drop)

    return act


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 "],
    ids=["body", "header", "status line"],
)
def test_a_drip_is_cut(web, client, reply, limits, head):
    web.says("/drip", reply(act=drip(head, b"x")))
    once = dataclasses.replace(limits, total_seconds=0.4, tries=1)
    error = failure(client(limits=once), f"{web.base}/drip")
    assert error.state == "unreachable"
    assert "not finished after 0.4 s" in str(error)


def test_silence_is_given_up(web, client, reply, limits):
    web.says("/mute", reply(act=lambda connection: time.sleep(0.6)))
    error = failure(client(limits=dataclasses.replace(limits, read_seconds=0.2, tries=1)), f"{web.base}/mute")
    assert error.state == "unreachable"


def test_a_torn_connection(web, client, reply):
    web.says(
        "/torn", reply(act=lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")), reply("whole")
    )
    assert client().get(f"{web.base}/torn").body == b"whole"


def test_conditional_requests(web, client, reply):
    web.says("/a", reply("", 304))
    answer = client().get(f"{web.base}/a", validator=lambda _: Validator('"1"', "Wed, 14 Oct 2026 05:00:00 GMT"))
    _, sent = web.asked[-1]
    assert (answer.status, answer.body) == (304, b"")
    assert sent["if-none-match"] == '"1"'
    assert sent["if-modified-since"] == "Wed, 14 Oct 2026 05:00:00 GMT"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://", "notaurl", "http://me:pw@127.0.0.1/"])
def test_only_plain_web_addresses(client, url):
    assert failure(client(), url).state == "forbidden"


def test_pace_is_kept_across_processes(tmp_path):
    now, slept = [1000.0], list[float]()
    one, other = (Pace(tmp_path, slept.append, lambda: now[0]) for _ in range(2))
    one.wait("a.example", 2)
    other.wait("a.example", 2)
    one.wait("a.example", 2)
    other.wait("b.example", 2)
    assert slept == [2.0, 4.0]
    now[0] += 60
    one.wait("a.example", 2)
    assert slept == [2.0, 4.0]


def test_pace_survives_a_clock_that_jumped(tmp_path):
    slept = list[float]()
    Pace(tmp_path, slept.append, lambda: 1e10).wait("a.example", 1)
    Pace(tmp_path, slept.append, lambda: 1000.0).wait("a.example", 1)
    assert slept[0] <= 3600
