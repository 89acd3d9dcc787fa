"""Every public text of a folder as one flat list: how tests, `planted.yml` and readers name a post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from ouidire.sampleweb.shape import Article, Forum, Mastodon, Podcast, Site, Status, WordPress, snowflake
from ouidire.sampleweb.words import slug_of


class Told(NamedTuple):
    """One public text."""

    ref: str
    """carnets/post-412, carnets/comment-1871, semelles/p7001, cafe/ep41-t95, fediverse/karim-achat."""
    site: str
    native_id: str
    """What the wire calls it: `412`, `1871`, `7001`, `cafe-41#t=95`, `1175...`; unique within its site and kind."""
    kind: str
    """article, comment, topic, reply, episode_turn or post."""
    path: str
    """Address from the root of the host, fragment included; whole for a status of an account of another server."""
    at: datetime
    """When it was published: a turn with its episode."""
    author: str
    language: str
    title: str | None
    text: str
    thread: str
    """Ref of the first post of the conversation."""
    parent: str | None
    """Ref of the post answered."""


def told(sites: Mapping[str, Site]) -> list[Told]:
    """Every text that the server shows to the public, oldest first."""
    found: list[Told] = []
    for name, site in sites.items():
        if isinstance(site, WordPress):
            found += _blog(name, site)
        elif isinstance(site, Forum):
            found += _forum(name, site)
        elif isinstance(site, Podcast):
            found += _podcast(name, site)
        else:
            found += _mastodon(name, site)
    return sorted(found, key=lambda post: post.at)


def article_path(post: Article) -> str:
    """Pretty permalink of an article, below its site."""
    return f"/{post.at:%Y/%m}/{post.slug or slug_of(post.title)}/"


def status_path(status: Status) -> str:
    """Page of a status: below its site, or on the account's own server."""
    user, _, elsewhere = status.account.partition("@")
    return f"{f'https://{elsewhere}' if elsewhere else ''}/@{user}/{snowflake(status)}"


def _blog(name: str, site: WordPress) -> Iterator[Told]:
    for post in site.posts:
        root, path = f"{name}/post-{post.id}", f"/{name}{article_path(post)}"
        yield Told(root, name, str(post.id), "article", path, post.at, post.author, site.language, post.title,
                   post.text, root, None)  # fmt: skip
        for comment in post.comments:
            if comment.status != "approved" or not site.rest:
                continue
            parent = f"{name}/comment-{comment.parent}" if comment.parent else root
            yield Told(f"{name}/comment-{comment.id}", name, str(comment.id), "comment",
                       f"{path}#comment-{comment.id}", comment.at, comment.author, site.language, None,
                       comment.text, root, parent)  # fmt: skip


def _forum(name: str, site: Forum) -> Iterator[Told]:
    for topic in site.topics:
        root = f"{name}/p{topic.posts[0].id}"
        for place, post in enumerate(topic.posts):
            yield Told(f"{name}/p{post.id}", name, str(post.id), "reply" if place else "topic",
                       f"/{name}/viewtopic.php?p={post.id}#p{post.id}", post.at, post.author,
                       post.language or site.language, None if place else topic.title, post.text, root,
                       root if place else None)  # fmt: skip


def _podcast(name: str, site: Podcast) -> Iterator[Told]:
    for episode in site.episodes:
        for turn in episode.turns:
            root = f"{name}/ep{episode.id}-t{episode.turns[0].start}"
            yield Told(f"{name}/ep{episode.id}-t{turn.start}", name, f"{name}-{episode.id}#t={turn.start}",
                       "episode_turn", f"/{name}/{episode.id}/#t={turn.start}", episode.at, turn.speaker,
                       site.language, None, turn.text, root, None)  # fmt: skip


def _mastodon(name: str, site: Mastodon) -> Iterator[Told]:
    known = {status.id: status for status in site.statuses}
    for status in site.statuses:
        if status.visibility == "private":
            continue
        first = status
        while first.in_reply_to is not None:
            first = known[first.in_reply_to]
        path = status_path(status)
        yield Told(f"{name}/{status.id}", name, str(snowflake(status)), "post",
                   path if path.startswith("https:") else f"/{name}{path}", status.at, status.account,
                   status.language, None, status.text, f"{name}/{first.id}",
                   f"{name}/{status.in_reply_to}" if status.in_reply_to else None)  # fmt: skip
