"""How the posts of a partition refer to each other: by id, by other names, by the thread that they are in."""

from __future__ import annotations

from collections.abc import Container

from extractors.source import PostDraft
from extractors.spool import Read
from extractors.text import clean_name
from ouidire import records


class Names:
    """Ids of posts, their parents and threads; `learn` is only needed for sources that declare has_references."""

    def __init__(self, source_type: str) -> None:
        self._source_type = source_type
        self._alias: dict[str, str] = {}
        self._above: dict[str, tuple[str | None, str | None]] = {}
        """post_id -> post_id of its parent, or an alias of it."""
        self._title: dict[str, str] = {}

    def ids(self, read: Read) -> list[str]:
        """Ids of the drafts of an answer, in their order."""
        return [self._hashed(instance, native_id) for instance, native_id in read.values("instance", "native_id")]

    def learn(self, read: Read) -> list[str]:
        """Remember by which names posts are called, and what they say of others. The first that says it is right.

        Returns the ids of the drafts, as `ids` does.
        """
        ids = self.ids(read)
        told = read.values("instance", "alias", "parent", "parent_alias", "title")
        for post_id, (instance, alias, parent, parent_alias, title) in zip(ids, told, strict=True):
            if alias:
                self._alias.setdefault(alias, post_id)
            if parent or parent_alias:
                self._above.setdefault(post_id, (self._hashed(instance, parent) if parent else None, parent_alias))
            if title:
                self._title.setdefault(post_id, title)
        return ids

    def parent(self, draft: PostDraft) -> str | None:
        """The id of the post answered."""
        if draft.parent:
            return self._hashed(draft.instance, draft.parent)
        return self._alias.get(draft.parent_alias) if draft.parent_alias else None

    def thread(self, draft: PostDraft, post_id: str) -> str:
        """First post of the conversation: as stated, else the end of the chain of known parents."""
        if draft.thread:
            return self._hashed(draft.instance, draft.thread)
        parent, climbed = self.parent(draft), set[str]()
        while parent and parent not in climbed:
            climbed.add(parent)
            post_id = parent
            above, alias = self._above.get(parent, (None, None))
            parent = above or (self._alias.get(alias) if alias else None)
        return post_id

    def aliases(self, posts: Container[str]) -> dict[str, str]:
        """The other names of these posts, by post_id."""
        return {post_id: alias for alias, post_id in self._alias.items() if post_id in posts}

    def title(self, post_id: str) -> str | None:
        """The title of a post that was learnt."""
        return self._title.get(post_id)

    def _hashed(self, instance: str, native_id: str) -> str:
        return records.post_id(self._source_type, instance, clean_name(native_id))
