"""Posts, comments and users of a blog as WordPress's REST interface writes them in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ouidire.sampleweb import blog
from ouidire.sampleweb.answers import Ask
from ouidire.sampleweb.listing import article_path
from ouidire.sampleweb.shape import Article, Comment, WordPress
from ouidire.sampleweb.words import blog_html, slug_of

API = "/wp-json"


class Said(NamedTuple):
    """An approved comment with its article."""

    article: Article
    comment: Comment


def post_json(site: WordPress, ask: Ask, post: Article) -> dict[str, Any]:
    """A post, with what `_embed` asks for."""
    data = _bare_post_json(site, ask, post)
    said = [s for s in approved(site) if s.article is post] if _embeds(ask, "replies") else []
    terms = [{"id": _tag_id(site, t), "name": t, "slug": slug_of(t), "taxonomy": "post_tag"} for t in post.tags]
    embedded = {
        "author": [user_json(site, ask, post.author)],
        "replies": [[_bare_comment_json(site, ask, s) for s in said]],
        "wp:term": [[], terms],
    }
    return data | _embedded(ask, embedded)


def _bare_post_json(site: WordPress, ask: Ask, post: Article) -> dict[str, Any]:
    link, api, html = ask.base + article_path(post), f"{ask.base}{API}/wp/v2", blog_html(post.text)
    modified = post.modified or post.at
    author = user_id(site, post.author)
    return {
        "id": post.id,
        **_dates(site, post.at),
        "guid": {"rendered": f"{ask.base}/?p={post.id}"},
        **_dates(site, modified, "modified"),
        "slug": slug(post),
        "status": "publish",
        "type": "post",
        "link": link,
        "title": {"rendered": blog.title_html(post.title)},
        "content": {"rendered": html, "protected": False},
        "excerpt": {"rendered": blog.excerpt_html(post), "protected": False},
        "author": author,
        "featured_media": 0,
        "comment_status": "open",
        "ping_status": "open",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": [],
        "categories": [1],
        "tags": [_tag_id(site, tag) for tag in post.tags],
        "_links": {
            "self": [{"href": f"{api}/posts/{post.id}"}],
            "collection": [{"href": f"{api}/posts"}],
            "author": [{"embeddable": True, "href": f"{api}/users/{author}"}],
            "replies": [{"embeddable": True, "href": f"{api}/comments?post={post.id}"}],
        },
    }


def comment_json(site: WordPress, ask: Ask, said: Said) -> dict[str, Any]:
    """A comment, with what `_embed` asks for."""
    shown = ("id", "date", "slug", "type", "link", "title", "excerpt", "author", "featured_media", "_links")
    above = {key: value for key, value in _bare_post_json(site, ask, said.article).items() if key in shown}
    return _bare_comment_json(site, ask, said) | _embedded(ask, {"up": [above]})


def _bare_comment_json(site: WordPress, ask: Ask, said: Said) -> dict[str, Any]:
    article, comment = said
    api = f"{ask.base}{API}/wp/v2"
    links: dict[str, Any] = {
        "self": [{"href": f"{api}/comments/{comment.id}"}],
        "collection": [{"href": f"{api}/comments"}],
        "up": [{"embeddable": True, "post_type": "post", "href": f"{api}/posts/{article.id}"}],
    }
    if comment.parent:
        links["in-reply-to"] = [{"embeddable": True, "href": f"{api}/comments/{comment.parent}"}]
    return {
        "id": comment.id,
        "post": article.id,
        "parent": comment.parent or 0,
        "author": user_id(site, comment.author) if comment.author in names(site) else 0,
        "author_name": comment.author,
        "author_url": comment.url or "",
        **_dates(site, comment.at),
        "content": {"rendered": blog_html(comment.text).lstrip("\n")},
        "link": f"{ask.base}{article_path(article)}#comment-{comment.id}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": {},
        "meta": [],
        "_links": links,
    }


def _embeds(ask: Ask, relation: str) -> bool:
    """Whether `_embed` asks for what a relation leads to: by name, or for all without names."""
    names = [name for given in ask.query.get("_embed", []) for name in given.split(",")]
    return relation in names or bool({"", "1", "true"} & set(names))


def _embedded(ask: Ask, found: dict[str, Any]) -> dict[str, Any]:
    chosen = {relation: items for relation, items in found.items() if _embeds(ask, relation) and items != [[]]}
    return {"_embedded": chosen} if chosen else {}


def user_json(site: WordPress, ask: Ask, name: str) -> dict[str, Any]:
    """Somebody who writes articles."""
    number = user_id(site, name)
    return {
        "id": number,
        "name": name,
        "url": "",
        "description": "",
        "link": f"{ask.base}/author/{slug_of(name)}/",
        "slug": slug_of(name),
        "avatar_urls": {},
        "_links": {"self": [{"href": f"{ask.base}{API}/wp/v2/users/{number}"}]},
    }


def approved(site: WordPress) -> list[Said]:
    """Comments that are public."""
    return [Said(post, c) for post in site.posts for c in post.comments if c.status == "approved"]


def names(site: WordPress) -> list[str]:
    """Who writes articles, in the order of their first."""
    return list(dict.fromkeys(post.author for post in site.posts))


def user_id(site: WordPress, name: str) -> int:
    """Number of an author."""
    return names(site).index(name) + 1


def _tag_id(site: WordPress, tag: str) -> int:
    return sorted({t for post in site.posts for t in post.tags}).index(tag) + 2


def slug(post: Article) -> str:
    """Last part of a permalink."""
    return post.slug or slug_of(post.title)


def _dates(site: WordPress, at: datetime, name: str = "date") -> dict[str, str]:
    local = at.astimezone(ZoneInfo(site.timezone))
    return {name: f"{local:%Y-%m-%dT%H:%M:%S}", f"{name}_gmt": f"{at:%Y-%m-%dT%H:%M:%S}"}
