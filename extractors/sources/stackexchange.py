"""Stack Exchange (API 2.3): the questions of a day, their answers, and the comments on both.

Option `site` is the site's full domain, such as bricolage.stackexchange.com. Without a query the site's questions,
answers and comments of the day are each asked by date, and nothing is missed. With one, the questions found are those
asked in the window and those last active in it; an answer to an older question that has been active again since then
is found on the later day only. The filter `withbody` brings the words; deleted posts are no longer listed.
`score` is votes up less votes down and may be negative: unknown then, as a count of likes cannot be. Answers are
counted for questions, views for questions alone. Owners may be absent: the account was deleted.
Without a key 300 requests a day and address are answered, 10,000 with one; each answer says how many are left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from extractors.address import instance_of
from extractors.source import (
    AuthorDraft,
    Credentials,
    DriftError,
    Known,
    Page,
    PostDraft,
    Query,
    Request,
    Response,
    SourceType,
    Window,
    read_each,
)  # fmt: skip
from extractors.text import html_to_text, line

SOURCE: Final = SourceType(
    title="Stack Exchange questions, answers and comments",
    url="https://api.stackexchange.com/docs",
    terms_url="https://stackoverflow.com/legal/api-terms-of-use",
    kind="question",
    rate=1.0,
    window="search",
    lookback_days=0,
    expected_per_day=(0, 50_000),
    optional_secrets=("key",),
    daily_quota=10_000,
    default_url="https://api.stackexchange.com",
    has_references=True,
    options={"site": "stackoverflow.com"},
)
_PAGE_SIZE = 100
_THROTTLED = 502
"""error_id of "too many requests from this IP, more requests available in … seconds"."""


def seed(query: Query, window: Window) -> list[Request]:
    """Everything of the day; with a query, the questions asked or last active in the window."""
    since, until = int(window.since_at.timestamp()), int(window.end_at.timestamp()) - 1
    by_date = {"fromdate": str(since), "todate": str(until), "sort": "creation"}
    if not query.text:
        return [_ask(query, what, by_date) for what in ("questions", "answers", "comments")]
    by_activity = {"min": str(since), "max": str(until), "sort": "activity"}
    return [_ask(query, "search/advanced", {"q": query.text, **asked}) for asked in (by_date, by_activity)]


def parse(request: Request, response: Response, window: Window) -> Page:
    """A page of posts, the next one, and what was said about posts that a query found."""
    found = response.json()
    if not isinstance(found, dict):
        raise DriftError(f"{response.url} answers {type(found).__name__} where an object was expected")
    if "error_id" in found:
        return _error(found, response)
    if not isinstance(found.get("items"), list):
        raise DriftError(f"{response.url} has no items")
    told = json.loads(request.context.get("questions", "{}"))
    posts, refused = read_each(
        found["items"], lambda item: _draft(item, response.query, told, window), lambda item: item.get("link") or item
    )
    spent = found.get("quota_remaining")
    return Page(
        posts=posts, refused=refused, next_requests=_next(request, response, found, window),
        deleted=_missing(request, found), wait_seconds=float(found.get("backoff") or 0),
        is_quota_spent=isinstance(spent, int) and spent <= 0,
    )  # fmt: skip


def observe(query: Query, known: Sequence[Known]) -> list[Request]:
    """The questions and answers of earlier nights again, a hundred at a time; one that is not there was deleted."""
    ids = [post.native_id.removeprefix("post-") for post in known if post.native_id.startswith("post-")]
    batches = [ids[i : i + _PAGE_SIZE] for i in range(0, len(ids), _PAGE_SIZE)]
    return [_ask(query, f"posts/{';'.join(batch)}", {}, known=",".join(batch)) for batch in batches]


def credentials(query: Query, secrets: Mapping[str, str], answer: Response | None) -> Credentials:
    """The application's key, where the operator has one."""
    key = secrets.get("key")
    return Credentials(hosts=(instance_of(query.url),), params={"key": key} if key else {})


def _site(query: Query) -> str:
    return SOURCE.option(query, "site")  # type: ignore[return-value]


def _ask(query: Query, what: str, asked: Mapping[str, str], number: int = 1, **context: str) -> Request:
    words = {
        **asked, "site": _site(query), "filter": "withbody", "pagesize": str(_PAGE_SIZE), "page": str(number),
    }  # fmt: skip
    return Request(
        url=f"{query.url}/2.3/{what}?{urlencode(words, safe=';')}",
        context={"what": what, "page": str(number), "asked": json.dumps(dict(asked)), **context},
        accept="application/json",
    )


def _error(found: Any, response: Response) -> Page:
    if found["error_id"] == _THROTTLED:
        return Page(is_quota_spent=True)
    raise DriftError(f"{response.url} answers error {found['error_id']}: {found.get('error_message')}")


def _next(request: Request, response: Response, found: Any, window: Window) -> tuple[Request, ...]:
    """The following page; the answers and comments of a search's questions, then the comments of the answers."""
    told, query = dict(request.context), response.query
    what, number, asked = told.pop("what"), int(told.pop("page")), json.loads(told.pop("asked"))
    following = [_ask(query, what, asked, number + 1, **told)] if found.get("has_more") else []
    bounds = {"fromdate": str(int(window.since_at.timestamp())), "todate": str(int(window.end_at.timestamp()) - 1)}
    items = [item for item in found["items"] if isinstance(item, dict)]
    if what == "search/advanced":
        titles = {str(item["question_id"]): item.get("title") for item in items if "question_id" in item}
        ids, questions = ";".join(titles), json.dumps({key: [key, title] for key, title in titles.items()})
        if titles:
            following += [
                _ask(query, f"questions/{ids}/{of}", {**bounds, "sort": "creation"}, questions=questions)
                for of in ("answers", "comments")
            ]
    if what.startswith("questions/") and what.endswith("/answers"):
        questions = json.loads(told.get("questions", "{}"))
        mine = {str(item["answer_id"]): questions.get(str(item.get("question_id"))) for item in items}
        if mine:
            context = json.dumps({key: value for key, value in mine.items() if value})
            ids = ";".join(mine)
            following.append(_ask(query, f"answers/{ids}/comments", {**bounds, "sort": "creation"}, questions=context))
    return tuple(following)


def _missing(request: Request, found: Any) -> tuple[str, ...]:
    """Posts asked by number that are not in the answer, when it is whole."""
    asked = [number for number in request.context.get("known", "").split(",") if number]
    if not asked or found.get("has_more"):
        return ()
    there = {str(item.get("post_id")) for item in found["items"] if isinstance(item, dict)}
    return tuple(f"post-{number}" for number in asked if number not in there)


def _draft(item: Any, query: Query, told: Mapping[str, Any], window: Window) -> PostDraft:
    created_at, site = _instant(item["creation_date"]), _site(query)
    edited_at = _instant(item["last_edit_date"]) if item.get("last_edit_date") else None
    native_id, kind, parent = _place(item)
    thread, title = (told.get(str(item.get("question_id") or item.get("post_id"))) or [None, None])[:2]
    if kind == "question":
        thread, title = native_id.removeprefix("post-"), item.get("title")
    elif kind == "answer" and item.get("question_id"):
        thread = str(item["question_id"])
    score = item.get("score")
    body = (item.get("body") or "") if kind == "question" else item["body"]
    return PostDraft(
        native_id=native_id, instance=site, kind=kind, url=_url(item, site), parent=parent,
        title=line(title) if kind == "question" else None, thread_title=line(title),
        thread=f"post-{thread}" if thread else None, text=html_to_text(body),
        author=_author(item.get("owner") or {}, site), created_at=created_at, edited_at=edited_at,
        licence=item.get("content_license"), like_count=score if isinstance(score, int) and score >= 0 else None,
        reply_count=_count(item, "answer_count"), view_count=_count(item, "view_count"),
    )  # fmt: skip


def _place(item: Any) -> tuple[str, str, str | None]:
    """native_id, kind and parent: questions and answers share one numbering, comments have their own."""
    if "comment_id" in item:
        return f"comment-{int(item['comment_id'])}", "comment", f"post-{int(item['post_id'])}"
    if "answer_id" in item:
        question = item.get("question_id")
        return f"post-{int(item['answer_id'])}", "answer", f"post-{int(question)}" if question else None
    if "question_id" in item:
        return f"post-{int(item['question_id'])}", "question", None
    return f"post-{int(item['post_id'])}", {"question": "question", "answer": "answer"}[item["post_type"]], None


def _url(item: Any, site: str) -> str:
    if item.get("link"):
        return str(item["link"])
    if "comment_id" in item:
        return f"https://{site}/q/{item['post_id']}#comment{item['comment_id']}_{item['post_id']}"
    return f"https://{site}/a/{item['answer_id']}"


def _author(owner: Any, site: str) -> AuthorDraft | None:
    """The account; a name alone for one that was deleted or never made."""
    name = line(owner.get("display_name"))
    key = str(owner["user_id"]) if owner.get("user_id") is not None else ""
    if not name and not key:
        return None
    return AuthorDraft(handle=name or key, key=key, instance=site, name=name, profile_url=owner.get("link"))


def _count(item: Any, name: str) -> int | None:
    value = item.get(name)
    return value if isinstance(value, int) and value >= 0 else None


def _instant(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
