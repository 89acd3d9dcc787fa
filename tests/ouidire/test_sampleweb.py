"""The sample web speaks the formats of the real thing, and the sample holds what `planted.yml` says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener
from xml.etree import ElementTree

import pytest
import yaml

from ouidire.brands import load_brands
from ouidire.sampleweb import SampleError, Told, load, running, told
from ouidire.sampleweb.planted import Planted, load_planted
from ouidire.settings import ROOT

SAMPLE = ROOT / "sample"


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


class Got:
    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.text = status, headers, body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    def link(self, rel: str) -> str | None:
        match = re.search(rf'<([^>]+)>; rel="{rel}"', self.headers.get("Link", ""))
        return match[1] if match else None


def get(url: str, **headers: str) -> Got:
    opener = build_opener(_Stay, ProxyHandler({}))
    try:
        with opener.open(Request(url, headers=headers), timeout=10) as response:
            return Got(response.status, response.headers, response.read())
    except HTTPError as error:
        with error:
            return Got(error.code, error.headers, error.read())


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    with running(SAMPLE, port=0) as root:
        yield root


@pytest.fixture(scope="module")
def posts() -> list[Told]:
    return told(load(SAMPLE))


@pytest.fixture(scope="module")
def planted(posts: list[Told]) -> Planted:
    return load_planted(SAMPLE, posts)


# the folder


def test_about_300_posts_of_october_in_two_languages(posts: list[Told]) -> None:
    languages = Counter(post.language for post in posts)
    assert 280 <= len(posts) <= 350
    assert 0.55 <= languages["fr"] / len(posts) <= 0.66
    assert {post.at.date() for post in posts} == {date(2026, 10, day) for day in range(1, 31)}


def test_totals_are_those_of_the_posts(posts: list[Told], planted: Planted) -> None:
    totals = planted.totals
    assert totals.posts == len(posts)
    assert totals.by_site == Counter(post.site for post in posts)
    assert totals.by_language == Counter(post.language for post in posts)
    assert totals.by_day == Counter(post.at.date() for post in posts)


def test_native_ids_are_unique_where_sites_share_a_host(posts: list[Told]) -> None:
    formats = {name: site.format for name, site in load(SAMPLE).items()}
    ids = Counter((formats[post.site], post.kind == "comment", post.native_id) for post in posts)
    assert [name for name, count in ids.items() if count > 1] == []


def test_planted_products_are_in_the_catalogue(planted: Planted) -> None:
    brands = load_brands(SAMPLE / "brands.yml")
    owners = {product.id: brand.id for brand in brands.all_brands for product in brand.products}
    assert [u.post for u in planted.umots if u.product_id and owners.get(u.product_id) != u.brand_id] == []
    named = [*planted.edges, *planted.purchases, *planted.seekers, *planted.commercial, *planted.complaints]
    assert {item.product_id for item in named} - {None} <= set(owners)
    assert {alias.alias for alias in planted.not_mentions} <= {target.alias for target in brands.targets()} | {"Tarn"}


def test_owned_posts_are_those_of_owned_accounts(posts: list[Told], planted: Planted) -> None:
    brands = load_brands(SAMPLE / "brands.yml")
    by_handle = {post.ref for post in posts if brands.is_owned(post.author, None)}
    assert by_handle <= set(planted.owned)
    assert set(planted.owned).isdisjoint(umot.post for umot in planted.umots)


def test_chains_are_joined_by_edges_and_told_in_order(posts: list[Told], planted: Planted) -> None:
    by_ref = {post.ref: post for post in posts}
    joined = {edge.to for edge in planted.edges}
    umots = {umot.post for umot in planted.umots}
    for chain in planted.chains:
        root, *followers = chain.steps
        assert root.umot in umots
        assert chain.generations == max(step.generation for step in chain.steps if step.umot)
        for step in followers:
            assert {step.purchase, step.umot} & joined, step
            assert step.umot is None or step.umot in umots
            told_by = [by_ref[ref] for ref in (step.purchase, step.umot) if ref]
            assert {post.author for post in told_by} == {step.author}
            assert [post.at for post in told_by] == sorted(post.at for post in told_by)


def test_the_first_chain_has_three_generations_and_four_days(posts: list[Told], planted: Planted) -> None:
    at = {post.ref: post.at for post in posts}
    chain = planted.chains[0]
    assert chain.generations == 3
    assert at["fediverse/karim-reco"].date() - at["fediverse/karim-achat"].date() == timedelta(days=4)


def test_the_copy_holds_the_words_of_its_original(posts: list[Told], planted: Planted) -> None:
    by_ref = {post.ref: post for post in posts}
    (copy,) = planted.copies
    assert by_ref[copy.post].text.endswith(by_ref[copy.duplicate_of].text)


def test_the_spike_is_far_above_its_weekday(posts: list[Told], planted: Planted) -> None:
    (spike,) = planted.spikes
    others = [
        n for day, n in planted.totals.by_day.items() if day.weekday() == spike.date.weekday() and day != spike.date
    ]
    assert spike.posts >= 25
    assert spike.posts > 1.5 * max(others)


# what is refused


def broken(tmp_path: Path, site: str, edit: Any) -> list[str]:
    shutil.copytree(SAMPLE, tmp_path / "other")
    path = tmp_path / "other" / "sites" / f"{site}.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(SampleError) as caught:
        load(tmp_path / "other")
    return [problem.removeprefix(f"{tmp_path}/other/sites/") for problem in caught.value.problems]


REFUSED = [
    ("carnets", lambda d: d["posts"][1]["comments"][0].pop("at"),
     "carnets.yml: posts[1] (id 413) > comments[0] (id 1876) > at: missing; add `at: 2026-10-01T08:00:00Z`"),
    ("carnets", lambda d: d["posts"][0].update(titel="x"),
     "carnets.yml: posts[0] (id 412) > titel: not a known key; known here: id, at, author, title, text, tags, slug, "
     "modified, copy_of, comments"),
    ("carnets", lambda d: d["posts"][0]["comments"][1].update(parent=9),
     "carnets.yml: posts (id 412) > comments (id 1872) > parent: 9 is no earlier comment here; write one or remove it"),
    ("dehors", lambda d: d["posts"][2].update(copy_of="carnets/post-1"),
     "dehors.yml: posts (id 91) > copy_of: 'carnets/post-1' is no article; write <site>/post-<id>"),
    ("semelles", lambda d: d["topics"][0]["posts"][0].update(author=75),
     "semelles.yml: topics[0] (id 301) > posts[0] (id 7001) > author: 75: Input should be a valid string; write it in "
     "quotes"),
    ("semelles", lambda d: d["topics"][0].update(board=9),
     "semelles.yml: topics (id 301) > board: 9 is not in boards; known: 2, 3, 4, 5, 6"),
    ("cafe", lambda d: d["episodes"][0]["turns"][2].update(start=3),
     "cafe.yml: episodes (id 41): 3 does not come after the one above it; sort them by time, no two at once"),
    ("fediverse", lambda d: d["statuses"][0].update(account="nobody"),
     "fediverse.yml: statuses (id bread-noise) > account: 'nobody' is not in accounts; add it there"),
    ("fediverse", lambda d: d.update(format="twitter"),
     "fediverse.yml: format: 'twitter' is not a format of site; write one of: wordpress, forum, podcast, mastodon"),
]  # fmt: skip


@pytest.mark.parametrize(("site", "edit", "expected"), REFUSED, ids=range(len(REFUSED)))
def test_a_broken_folder_is_refused_with_the_place_and_the_remedy(
    tmp_path: Path, site: str, edit: Any, expected: str
) -> None:
    assert broken(tmp_path, site, edit) == [expected]


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "a.yml").write_text("format: podcast\ntitle: a\ntitle: b\n", encoding="utf-8")
    with pytest.raises(SampleError, match=r"a\.yml:3: key 'title' is written twice; keep one"):
        load(tmp_path)


def test_planted_words_that_nobody_said_are_refused(tmp_path: Path, posts: list[Told]) -> None:
    text = (SAMPLE / "planted.yml").read_text(encoding="utf-8")
    (tmp_path / "planted.yml").write_text(text.replace("prenez-le sans hésiter", "prenez-le vite"), encoding="utf-8")
    with pytest.raises(SampleError, match=r"fediverse/karim-reco.*'prenez-le vite' is not in its text"):
        load_planted(tmp_path, posts)


# WordPress


def test_wordpress_pages_by_header(web: str) -> None:
    url: str | None = f"{web}/carnets/wp-json/wp/v2/comments?per_page=20&_fields=id"
    seen: list[int] = []
    pages = 0
    while url:
        page = get(url)
        assert page.headers["X-WP-Total"] == "46"
        assert page.headers["X-WP-TotalPages"] == "3"
        seen += [comment["id"] for comment in page.json]
        pages, url = pages + 1, page.link("next")
    assert (pages, len(seen), len(set(seen))) == (3, 46, 46)
    assert {1894, 1918}.isdisjoint(seen), "spam and pending comments are never public"


def test_wordpress_windows_exclude_their_instants_and_read_offsets(web: str) -> None:
    api = f"{web}/carnets/wp-json/wp/v2/posts"
    first = get(f"{api}?order=asc&per_page=1").json[0]
    assert (first["date_gmt"], first["date"]) == ("2026-10-01T05:30:28", "2026-10-01T07:30:28")
    assert first["id"] not in {p["id"] for p in get(f"{api}?after=2026-10-01T05:30:28Z&per_page=100").json}
    assert first["id"] in {p["id"] for p in get(f"{api}?after=2026-10-01T05:30:27Z&per_page=100").json}
    assert first["id"] in {p["id"] for p in get(f"{api}?before=2026-10-01T07:30:29").json}, "no offset: the site's zone"
    day = get(f"{web}/carnets/wp-json/wp/v2/comments?after=2026-10-21T00:00:00Z&before=2026-10-22T00:00:00Z").json
    assert {comment["id"] for comment in day} == {1907, 1908, 1909}


def test_wordpress_refuses_as_wordpress_does(web: str) -> None:
    api = f"{web}/carnets/wp-json/wp/v2"
    beyond = get(f"{api}/posts?page=99")
    assert (beyond.status, beyond.json["code"]) == (400, "rest_post_invalid_page_number")
    assert (get(f"{api}/comments?page=99").status, get(f"{api}/comments?page=99").json) == (200, [])
    many = get(f"{api}/posts?per_page=500")
    assert (many.status, many.json["code"]) == (400, "rest_invalid_param")
    assert "per_page" in many.json["data"]["params"]
    assert get(f"{api}/posts?after=yesterday").status == 400
    assert get(f"{api}/posts/1").json["code"] == "rest_post_invalid_id"
    assert get(f"{api}/nothing").json["code"] == "rest_no_route"
    assert get(f"{web}/dehors/wp-json/wp/v2/posts").status == 401


def test_wordpress_posts_have_the_fields_of_the_real_thing(web: str) -> None:
    post = get(f"{web}/carnets/wp-json/wp/v2/posts/414?_embed").json
    assert post["guid"]["rendered"] == f"{web}/carnets/?p=414"
    assert post["content"]["rendered"].startswith("\n<p>Cinq mugs, six mois")
    assert '<h2 class="wp-block-heading">Le protocole</h2>' in post["content"]["rendered"]
    assert post["_embedded"]["author"][0]["name"] == "Maud Ferrandis"
    assert post["status"] == "publish"
    reply = get(f"{web}/carnets/wp-json/wp/v2/comments/1884").json
    assert (reply["post"], reply["parent"], reply["author"], reply["status"]) == (414, 1883, 1, "approved")
    above = get(f"{web}/carnets/wp-json/wp/v2/comments/1884?_embed=up").json["_embedded"]["up"][0]
    assert above["title"]["rendered"] == "Cinq mugs isothermes, un hiver : le comparatif"
    assert set(post["_embedded"]) == {"author", "replies", "wp:term"}
    assert set(get(f"{web}/carnets/wp-json/wp/v2/posts/414?_embed=author").json["_embedded"]) == {"author"}
    assert set(get(f"{web}/carnets/wp-json/wp/v2/posts?_fields=id,title.rendered").json[0]) == {"id", "title"}


def test_wordpress_addresses_lead_to_pages(web: str) -> None:
    link = get(f"{web}/carnets/wp-json/wp/v2/posts/418").json["link"]
    assert "n’achetez pas le Comptoir 350" in get(link).text
    assert get(f"{web}/carnets/?p=418").headers["Location"] == link
    assert get(link.rstrip("/")).headers["Location"] == link
    assert get(f"{web}/carnets/2026/10/rien/").status == 404


def test_the_feed_is_rss_with_full_texts(web: str) -> None:
    feed = get(f"{web}/dehors/feed/")
    assert feed.headers["Content-Type"] == "application/rss+xml; charset=UTF-8"
    items = ElementTree.fromstring(feed.text).findall("channel/item")
    assert len(items) == 6
    copy = next(item for item in items if item.findtext("guid") == f"{web}/dehors/?p=91")
    assert copy.findtext("{http://purl.org/dc/elements/1.1/}creator") == "Rédaction Dehors"
    content = copy.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") or ""
    assert "passez votre chemin, même en promotion" in content
    assert get(f"{web}/dehors/feed/?paged=2").status == 404
    comments = ElementTree.fromstring(get(f"{web}/carnets/comments/feed/").text).findall("channel/item")
    assert len(comments) == 10


# the forum


def test_the_forum_shows_every_post_once_over_its_pages(web: str, posts: list[Told]) -> None:
    seen: list[str] = []
    index = get(f"{web}/semelles/")
    for board in re.findall(r'href="\./viewforum\.php\?f=(\d+)&amp;sid=[0-9a-f]{32}" class="forumtitle"', index.text):
        listing = get(f"{web}/semelles/viewforum.php?f={board}").text
        for topic in re.findall(r't=(\d+)&amp;sid=[0-9a-f]{32}" class="topictitle"', listing):
            at: str | None = f"viewtopic.php?f={board}&t={topic}"
            while at:
                page = get(f"{web}/semelles/{at}").text
                seen += re.findall(r'<div id="p(\d+)" class="post', page)
                more = re.search(r'href="\./([^"]+)" rel="next"', page)
                at = more[1].replace("&amp;", "&") if more else None
    assert sorted(seen) == sorted(post.native_id for post in posts if post.site == "semelles")


def test_the_forum_writes_as_phpbb_does(web: str) -> None:
    page = get(f"{web}/semelles/viewtopic.php?p=7024")
    assert '<link rel="canonical" href="' in page.text, "the page that holds the post, found by its number alone"
    assert '<div id="p7024"' in page.text
    assert '<time datetime="2026-10-10T18:15:00+00:00">sam. 10 oct. 2026 20:15</time>' in page.text
    assert '<div id="sig7024" class="signature">Marche doucement, recommande rarement.</div>' in page.text
    first = get(f"{web}/semelles/viewtopic.php?f=2&t=301").text
    assert '<cite>solenn a écrit : <a href="./viewtopic.php?p=7009' in first
    assert get(f"{web}/semelles/viewtopic.php?t=999").status == 404
    sids = {re.findall(r"sid=([0-9a-f]{32})", get(f"{web}/semelles/").text)[0] for _ in range(2)}
    assert len(sids) == 2, "a new session for each request without cookies"


def test_an_older_forum_has_dates_in_words_only(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "old")
    path = tmp_path / "old/sites/semelles.yml"
    path.write_text("engine: phpbb-3.2\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with running(tmp_path / "old", port=0) as root:
        page = get(f"{root}/semelles/viewtopic.php?t=301").text
    assert "<time" not in page
    assert "» </span>sam. 3 oct. 2026 09:12</p>" in page


# the podcast


def read_vtt(text: str) -> list[tuple[str, str]]:
    """Turns as a naive reader gets them: cues of one speaker in a row joined."""
    assert text.startswith("WEBVTT\n\n")
    turns: list[tuple[str, str]] = []
    for cue in text.removeprefix("WEBVTT\n\n").strip().split("\n\n"):
        times, words = cue.split("\n")
        assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}", times)
        match = re.fullmatch(r"<v ([^>]+)>(.+)</v>", words)
        assert match
        if turns and turns[-1][0] == match[1]:
            turns[-1] = (match[1], f"{turns[-1][1]} {match[2]}")
        else:
            turns.append((match[1], match[2]))
    return turns


@pytest.mark.parametrize("site", ["cafe", "steep"])
def test_transcripts_give_back_the_turns(web: str, posts: list[Told], site: str) -> None:
    feed = ElementTree.fromstring(get(f"{web}/{site}/feed.xml").text)
    found: list[tuple[str, str]] = []
    for item in reversed(feed.findall("channel/item")):
        urls = {t.get("type"): t.get("url") for t in item.findall("{https://podcastindex.org/namespace/1.0}transcript")}
        found += read_vtt(get(str(urls["text/vtt"])).text)
    assert found == [(post.author, post.text) for post in posts if post.site == site]


def test_srt_names_the_speaker_and_sound_is_missing(web: str) -> None:
    srt = get(f"{web}/cafe/42.srt")
    assert srt.headers["Content-Type"].startswith("application/srt")
    assert srt.text.startswith(
        "1\n00:00:00,000 --> 00:00:02,200\nBastien Lormeau: Bienvenue dans Café des sentiers.\n\n2\n"
    )
    assert get(f"{web}/cafe/41.srt").status == 404
    assert get(f"{web}/cafe/41.mp3").status == 404


# Mastodon


def walk(url: str | None, rel: str) -> list[str]:
    seen: list[str] = []
    while url:
        page = get(url)
        seen += [status["id"] for status in page.json]
        url = page.link(rel)
    return seen


def test_tag_timelines_page_by_link(web: str, posts: list[Told], planted: Planted) -> None:
    tags = ["mugisotherme", "travelmug", "tisonne", "gourde"]
    found = [walk(f"{web}/fediverse/api/v1/timelines/tag/{tag}?limit=7", "next") for tag in tags]
    for ids in found:
        assert ids == sorted(set(ids), key=int, reverse=True)
    listed = {post.native_id for post in posts if post.site == "fediverse" and post.ref not in planted.totals.untagged}
    assert {name for ids in found for name in ids} == listed


def test_min_id_gives_the_oldest_and_since_id_the_newest(web: str) -> None:
    tag = f"{web}/fediverse/api/v1/timelines/tag/TISONNE"
    everything = walk(f"{tag}?limit=40", "next")
    oldest = everything[-1]
    above = [status["id"] for status in get(f"{tag}?min_id={oldest}&limit=3").json]
    assert above == everything[-4:-1]
    assert [status["id"] for status in get(f"{tag}?since_id={oldest}&limit=3").json] == everything[:3]
    assert len(walk(f"{tag}?min_id={oldest}&limit=3", "prev")) == len(everything) - 1
    assert len(get(f"{tag}?limit=99").json) == 40
    empty = get(f"{web}/fediverse/api/v1/timelines/tag/rien")
    assert (empty.json, empty.headers.get("Link")) == ([], None)


def test_a_status_knows_its_thread_and_its_author(web: str, posts: list[Told]) -> None:
    ids = {post.ref: post.native_id for post in posts}
    context = get(f"{web}/fediverse/api/v1/statuses/{ids['fediverse/karim-reco']}/context").json
    assert [status["id"] for status in context["ancestors"]] == [ids["fediverse/karim-achat"]]
    assert ids["fediverse/karim-a1"] in {status["id"] for status in context["descendants"]}
    status = get(f"{web}/fediverse/api/v1/statuses/{ids['fediverse/noor-reco']}").json
    assert status["account"]["acct"] == "noor@kettles.example"
    assert status["uri"].startswith("https://kettles.example/users/noor/statuses/")
    assert [tag["name"] for tag in status["tags"]] == ["travelmug"]
    assert [mention["acct"] for mention in status["mentions"]] == ["tomtea"]
    assert get(f"{web}/fediverse/api/v1/statuses/1").status == 404


def test_snowflakes_carry_the_instant(posts: list[Told]) -> None:
    for post in posts:
        if post.site == "fediverse":
            assert datetime.fromtimestamp((int(post.native_id) >> 16) / 1000, UTC) == post.at


def test_private_statuses_are_never_served(web: str) -> None:
    account = get(f"{web}/fediverse/api/v1/accounts/lookup?acct=karim_the").json
    own = get(f"{web}/fediverse/api/v1/accounts/{account['id']}/statuses?limit=40").text
    assert "un compte rien que pour les mugs" in own
    assert "message privé" not in own + get(account["url"]).text


# the server


@pytest.mark.parametrize(
    ("path", "weak"),
    [("carnets/feed/", False), ("cafe/feed.xml", False), ("cafe/41.vtt", False),
     ("fediverse/api/v1/timelines/tag/tisonne", True)],
)  # fmt: skip
def test_unchanged_answers_are_304(web: str, path: str, weak: bool) -> None:
    first = get(f"{web}/{path}")
    assert first.headers["ETag"].startswith("W/") is weak
    again = get(f"{web}/{path}", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", first.headers["ETag"])
    assert get(f"{web}/{path}", **{"If-None-Match": '"other"'}).status == 200
    if not weak:
        assert get(f"{web}/{path}", **{"If-Modified-Since": first.headers["Last-Modified"]}).status == 304


def test_rest_and_forum_pages_have_no_validator(web: str) -> None:
    for path in ("carnets/wp-json/wp/v2/posts", "semelles/"):
        assert get(f"{web}/{path}").headers.get("ETag") is None


def test_addresses_follow_the_host_header(web: str) -> None:
    page = get(f"{web}/carnets/wp-json/wp/v2/posts?per_page=1", Host="blog.example:81")
    assert page.json[0]["link"].startswith("http://blog.example:81/carnets/2026/")
    forged = get(f"{web}/carnets/wp-json/wp/v2/posts?per_page=1", Host='x"><script>')
    assert forged.json[0]["link"].startswith(f"{web}/carnets/")


def test_every_post_has_an_address_that_answers(web: str, posts: list[Told]) -> None:
    pages = {post.path.partition("#")[0] for post in posts if not post.path.startswith("https:")}
    assert [page for page in pages if get(web + page).status != 200] == []


def test_robots_and_index(web: str) -> None:
    robots = get(f"{web}/robots.txt").text
    assert "Disallow: /semelles/ucp.php" in robots
    assert "Allow: /" in robots
    assert f'href="{web}/semelles/"' in get(f"{web}/").text
    assert get(f"{web}/carnets").headers["Location"] == f"{web}/carnets/"
    assert get(f"{web}/nowhere/").status == 404


def test_the_command_lists_posts_and_names_a_port_that_is_taken(web: str, posts: list[Told]) -> None:
    command = [sys.executable, "-m", "ouidire.sampleweb"]
    listing = subprocess.run([*command, "--list"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [json.loads(line)["ref"] for line in listing.stdout.splitlines()] == [post.ref for post in posts]
    port = web.rpartition(":")[2]
    taken = subprocess.run(
        [*command, "--port", port], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )
    assert taken.returncode == 1
    assert f"port {port}: " in taken.stderr
