"""How each kind of site turns plain words into HTML."""

from __future__ import annotations

import re
import unicodedata
from html import escape

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)»]")
HASHTAG = re.compile(r"(?<![\w&/])#(\w*[^\W\d]\w*)")
MENTION = re.compile(r"(?<![\w/])@(\w+(?:@[\w.-]+\w)?)")


def slug_of(title: str) -> str:
    """Permalink words of a title, as WordPress makes them."""
    plain = unicodedata.normalize("NFKD", title.lower().replace("œ", "oe").replace("’", "").replace("'", ""))
    return "-".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())) or "sans-titre"


def blog_html(text: str) -> str:
    """Paragraphs as WordPress renders them."""
    return "".join(f"\n{_block(part)}\n" for part in re.split(r"\n\s*\n", text.strip()))


def _block(part: str) -> str:
    if part.startswith("## "):
        return f'<h2 class="wp-block-heading">{escape(part[3:], quote=False)}</h2>'
    return "<p>" + _linked(part, ' rel="nofollow ugc"').replace("\n", "<br />\n") + "</p>"


def forum_html(text: str) -> str:
    """A message as phpBB renders it: no paragraph, only line breaks."""
    return _linked(text.strip(), ' class="postlink"').replace("\n", "<br>\n")


def status_html(text: str, base: str, profiles: dict[str, str]) -> str:
    """A status as Mastodon renders it; `profiles` gives the address of each account that it knows."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(f"<p>{_status_line(p, base, profiles)}</p>" for p in paragraphs)


def hashtags(text: str) -> list[str]:
    """Tags of a status, lower case, in order, each once."""
    return list(dict.fromkeys(tag.lower() for tag in HASHTAG.findall(text)))


def mentions(text: str) -> list[str]:
    """Accounts that a status names."""
    return list(dict.fromkeys(MENTION.findall(text)))


def _linked(text: str, attributes: str) -> str:
    pieces, last = [], 0
    for match in LINK.finditer(text):
        url = escape(match[0])
        pieces += [escape(text[last : match.start()], quote=False), f'<a href="{url}"{attributes}>{url}</a>']
        last = match.end()
    return "".join([*pieces, escape(text[last:], quote=False)])


def _status_line(text: str, base: str, profiles: dict[str, str]) -> str:
    def tag(match: re.Match[str]) -> str:
        name = match[1]
        return f'<a href="{base}/tags/{name.lower()}" class="mention hashtag" rel="tag">#<span>{name}</span></a>'

    def person(match: re.Match[str]) -> str:
        url = profiles.get(match[1])
        if url is None:
            return match[0]
        name = match[1].partition("@")[0]
        return (
            f'<span class="h-card" translate="no"><a href="{url}" class="u-url mention">@<span>{name}</span></a></span>'
        )

    # links first, by pieces: what looks like a tag or an account inside an address is neither
    pieces, last = [], 0
    for match in LINK.finditer(text):
        pieces += [_named(text[last : match.start()], tag, person), _status_link(match[0])]
        last = match.end()
    return "".join([*pieces, _named(text[last:], tag, person)]).replace("\n", "<br />")


def _named(text: str, tag: object, person: object) -> str:
    assert callable(tag)
    assert callable(person)
    return MENTION.sub(person, HASHTAG.sub(tag, escape(text, quote=False)))


def _status_link(url: str) -> str:
    scheme, _, rest = url.partition("://")
    shown, hidden = rest[:30], rest[30:]
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}://</span><span class="{"ellipsis" if hidden else ""}">{escape(shown)}</span>'
        f'<span class="invisible">{escape(hidden)}</span></a>'
    )
