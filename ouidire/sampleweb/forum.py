"""A forum in HTML, as phpBB 3 with its prosilver theme writes it in French.

Odd but real: every link carries a session id that changes at each request; 25 topics and 10 messages a page; dates are
words in the forum's time zone, to the minute; phpBB sends neither ETag nor Last-Modified.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from ouidire.sampleweb.answers import Answer, Ask, as_page
from ouidire.sampleweb.shape import Forum, ForumPost, Member, Topic
from ouidire.sampleweb.words import forum_html

TOPICS_A_PAGE = 25
POSTS_A_PAGE = 10
DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def answer(site: Forum, ask: Ask) -> Answer | None:
    """The answer to a request below the forum; None where there is nothing."""
    sid = secrets.token_hex(16)
    if ask.path in ("/", "/index.php"):
        return _index(site, sid)
    if ask.path == "/viewforum.php" and ask.get("f").isdigit():
        return _board(site, ask, int(ask.get("f")), sid)
    if ask.path == "/viewtopic.php":
        return _topic(site, ask, sid)
    return None


def _index(site: Forum, sid: str) -> Answer:
    rows = "".join(
        f"""<li class="row"><dl class="row-item forum_read"><dt title="Aucun message non lu"><div class="list-inner">
<a href="./viewforum.php?f={board.id}&amp;sid={sid}" class="forumtitle">{escape(board.title)}</a></div></dt>
<dd class="topics">{sum(t.board == board.id for t in site.topics)} <dfn>Sujets</dfn></dd>
<dd class="posts">{sum(len(t.posts) for t in site.topics if t.board == board.id)} <dfn>Messages</dfn></dd></dl></li>
"""
        for board in site.boards
    )
    return _page(
        site, site.title, "index", f'<div class="forabg"><ul class="topiclist forums">\n{rows}</ul></div>', sid
    )


def _board(site: Forum, ask: Ask, number: int, sid: str) -> Answer | None:
    board = next((board for board in site.boards if board.id == number), None)
    if board is None:
        return _missing(site, "Le forum que vous essayez de consulter n’existe pas.", sid)
    topics = sorted((t for t in site.topics if t.board == number), key=lambda t: t.posts[-1].at, reverse=True)
    start = _start(ask, TOPICS_A_PAGE)
    rows = "".join(_topic_row(site, topic, sid) for topic in topics[start : start + TOPICS_A_PAGE])
    pages = _pagination(f"./viewforum.php?f={number}", len(topics), start, "sujets", sid)
    inner = f"""<h2 class="forum-title"><a href="./viewforum.php?f={number}&amp;sid={sid}">\
{escape(board.title)}</a></h2>
<div class="action-bar bar-top">{pages}</div>
<div class="forumbg"><div class="inner"><ul class="topiclist topics">
{rows}</ul></div></div>
<div class="action-bar bar-bottom">{pages}</div>"""
    return _page(site, f"{board.title} - {site.title}", "viewforum", inner, sid)


def _topic_row(site: Forum, topic: Topic, sid: str) -> str:
    first, last = topic.posts[0], topic.posts[-1]
    address = f"./viewtopic.php?f={topic.board}&amp;t={topic.id}"
    starts = range(0, len(topic.posts), POSTS_A_PAGE)
    inner_pages = "".join(
        f'<li><a class="button" href="{address}&amp;sid={sid}{f"&amp;start={start}" if start else ""}">{i}</a></li>'
        for i, start in enumerate(starts, 1)
    )
    pages = f'<div class="pagination"><ul>{inner_pages}</ul></div>' if len(starts) > 1 else ""
    return f"""<li class="row bg1"><dl class="row-item topic_read"><dt title="Aucun message non lu">
<div class="list-inner">
<a href="{address}&amp;sid={sid}" class="topictitle">{escape(topic.title)}</a>
{pages}<div class="topic-poster responsive-hide left-box">par {_user(site, first.author, sid)} »
{_date(site, first.at)}</div>
</div></dt>
<dd class="posts">{len(topic.posts) - 1} <dfn>Réponses</dfn></dd><dd class="views">{topic.views} <dfn>Vues</dfn></dd>
<dd class="lastpost"><span><dfn>Dernier message </dfn>par {_user(site, last.author, sid)}
<a href="./viewtopic.php?p={last.id}&amp;sid={sid}#p{last.id}" title="Aller au dernier message">»</a>\
<br>{_date(site, last.at)}</span></dd></dl></li>
"""


def _topic(site: Forum, ask: Ask, sid: str) -> Answer | None:
    start = _start(ask, POSTS_A_PAGE)
    if ask.get("p").isdigit():
        wanted = int(ask.get("p"))
        found = next((t for t in site.topics if wanted in [post.id for post in t.posts]), None)
        start = [post.id for post in found.posts].index(wanted) // POSTS_A_PAGE * POSTS_A_PAGE if found else 0
    else:
        found = next((t for t in site.topics if str(t.id) == ask.get("t")), None)
    if found is None:
        return _missing(site, "Le sujet que vous essayez de consulter n’existe pas.", sid)
    return _topic_page(site, ask, found, start, sid)


def _topic_page(site: Forum, ask: Ask, topic: Topic, start: int, sid: str) -> Answer:
    address = f"./viewtopic.php?f={topic.board}&amp;t={topic.id}"
    shown = topic.posts[start : start + POSTS_A_PAGE]
    posts = "".join(_post(site, topic, post, i, sid) for i, post in enumerate(shown, start))
    pages = _pagination(address, len(topic.posts), start, "messages", sid)
    inner = f"""<h2 class="topic-title"><a href="{address}&amp;sid={sid}">{escape(topic.title)}</a></h2>
<div class="action-bar bar-top">{pages}</div>
{posts}<div class="action-bar bar-bottom">{pages}</div>"""
    here = f"{ask.base}/viewtopic.php?t={topic.id}" + (f"&amp;start={start}" if start else "")
    page = _page(site, f"{topic.title} - {site.title}", "viewtopic", inner, sid)
    return replace(page, body=page.body.replace("</head>", f'<link rel="canonical" href="{here}">\n</head>', 1))


def _post(site: Forum, topic: Topic, post: ForumPost, place: int, sid: str) -> str:
    title = ("" if place == 0 else "Re: ") + topic.title
    member = site.members.get(post.author)
    signed = member.signature if member else None
    signature = f'<div id="sig{post.id}" class="signature">{escape(signed)}</div>' if signed else ""
    anchor = f"./viewtopic.php?p={post.id}&amp;sid={sid}#p{post.id}"
    return f"""<div id="p{post.id}" class="post has-profile bg{2 - place % 2}">
<div class="inner">
{_profile(site, post, member, sid)}
<div class="postbody"><div id="post_content{post.id}">
<h3 {'class="first"' if place == 0 else ""}><a href="{anchor}">{escape(title)}</a></h3>
<p class="author"><a class="unread" href="{anchor}" title="Message"><span class="sr-only">Message</span></a>
<span class="responsive-hide">par <strong>{_user(site, post.author, sid)}</strong> » </span>{_date(site, post.at)}</p>
<div class="content">{_quotation(topic, post, sid)}{forum_html(post.text)}</div>
{signature}</div></div>
<div class="back2top"><a href="#top" class="top" title="Haut">Haut</a></div>
</div></div>
<hr class="divider">
"""


def _profile(site: Forum, post: ForumPost, member: Member | None, sid: str) -> str:
    told = ""
    if member is not None:
        joined = datetime(
            member.joined.year, member.joined.month, member.joined.day, 12, tzinfo=ZoneInfo(site.timezone)
        )
        told = f"""<dd class="profile-posts"><strong>Messages :</strong> {member.messages}</dd>
<dd class="profile-joined"><strong>Enregistré le :</strong> {_french(joined)}</dd>"""
    return f"""<dl class="postprofile" id="profile{post.id}"><dt class="no-profile-rank no-avatar">\
<div class="avatar-container"></div>{_user(site, post.author, sid)}</dt>{told}</dl>"""


def _quotation(topic: Topic, post: ForumPost, sid: str) -> str:
    quoted = next((other for other in topic.posts if other.id == post.quotes), None)
    if quoted is None:
        return ""
    return (
        f'<blockquote cite="./viewtopic.php?p={quoted.id}"><div><cite>{escape(quoted.author)} a écrit : '
        f'<a href="./viewtopic.php?p={quoted.id}&amp;sid={sid}#p{quoted.id}" data-post-id="{quoted.id}">↑</a></cite>'
        f"{forum_html(quoted.text)}</div></blockquote>"
    )


def _user(site: Forum, author: str, sid: str) -> str:
    names = list(dict.fromkeys(post.author for topic in site.topics for post in topic.posts))
    number = names.index(author) + 48
    profile = f"./memberlist.php?mode=viewprofile&amp;u={number}&amp;sid={sid}"
    return f'<a href="{profile}" class="username">{escape(author)}</a>'


def _date(site: Forum, at: datetime) -> str:
    words = _french(at.astimezone(ZoneInfo(site.timezone)))
    return f'<time datetime="{at:%Y-%m-%dT%H:%M:%S}+00:00">{words}</time>' if site.engine == "phpbb-3.3" else words


def _french(local: datetime | date) -> str:
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local:%Y %H:%M}"


def _start(ask: Ask, size: int) -> int:
    start = ask.get("start") or "0"
    return int(start) // size * size if start.isdigit() else 0


def _pagination(address: str, total: int, start: int, noun: str, sid: str) -> str:
    size = POSTS_A_PAGE if noun == "messages" else TOPICS_A_PAGE

    def link(at: int, words: str, rel: str = "") -> str:
        more = f' rel="{rel}"' if rel else ""
        return f'<a class="button" href="{address}&amp;sid={sid}{f"&amp;start={at}" if at else ""}"{more}>{words}</a>'

    starts = list(range(0, total, size)) or [0]
    if len(starts) == 1:
        return f'<div class="pagination">{total} {noun} • Page <strong>1</strong> sur <strong>1</strong></div>'
    items = [
        f'<li class="active"><span>{i}</span></li>' if at == start else f"<li>{link(at, str(i))}</li>"
        for i, at in enumerate(starts, 1)
    ]
    if start > 0:
        items.insert(0, f'<li class="arrow previous">{link(start - size, "Précédente", "prev")}</li>')
    if start + size < total:
        items.append(f'<li class="arrow next">{link(start + size, "Suivante", "next")}</li>')
    return f'<div class="pagination">{total} {noun} <ul>{"".join(items)}</ul></div>'


def _missing(site: Forum, words: str, sid: str) -> Answer:
    inner = f'<div class="panel" id="message"><h2 class="message-title">Informations</h2><p>{words}</p></div>'
    page = _page(site, f"{site.title} - Informations", "message", inner, sid)
    return replace(page, status=404)


def _page(site: Forum, title: str, section: str, inner: str, sid: str) -> Answer:
    return as_page(f"""<!DOCTYPE html>
<html dir="ltr" lang="{site.language}">
<head>
<meta charset="utf-8">
<title>{escape(title)}</title>
</head>
<body id="phpbb" class="nojs notouch section-{section} ltr">
<div id="wrap" class="wrap"><a id="top" class="top-anchor" accesskey="t"></a>
<div id="page-header"><div class="headerbar" role="banner"><h1>{escape(site.title)}</h1></div>
<div class="navbar" role="navigation"><ul id="nav-breadcrumbs" class="nav-breadcrumbs linklist navlinks"><li \
class="breadcrumbs"><span class="crumb"><a href="./index.php?sid={sid}" accesskey="h">Accueil du forum</a>\
</span></li></ul>
<a href="./ucp.php?mode=login&amp;sid={sid}" accesskey="x">Connexion</a></div></div>
<div id="page-body" class="page-body" role="main">
{inner}
</div>
<div id="page-footer" class="page-footer" role="contentinfo"><div class="navbar">Fuseau horaire sur \
<span title="{site.timezone}">{site.timezone}</span></div>
<div class="copyright">Développé par <a href="https://www.phpbb.com/">phpBB</a>® Forum Software\
 © phpBB Limited</div></div>
</div></body></html>
""")
