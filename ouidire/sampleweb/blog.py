"""WordPress outside its REST interface: RSS feeds of articles and comments, article pages, the sitemap."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from html import escape
from zoneinfo import ZoneInfo

from ouidire.sampleweb.answers import Answer, Ask, as_page, cdata, gone, moved, rss_date
from ouidire.sampleweb.listing import article_path
from ouidire.sampleweb.shape import Article, Comment, WordPress
from ouidire.sampleweb.words import blog_html

PER_FEED = 10
"""WordPress's own default for items in a feed and articles on a page."""

GENERATOR = "https://wordpress.org/?v=6.6.2"
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
)


def answer(site: WordPress, ask: Ask) -> Answer | None:
    """The answer to a request for a feed or a page; None where there is nothing."""
    posts = sorted(site.posts, key=lambda post: post.at, reverse=True)
    by_path = {article_path(post): post for post in posts}
    pages: dict[str, Callable[[], Answer]] = {
        "/": lambda: _home(site, ask, posts),
        "/feed/": lambda: _feed(site, ask, posts),
        "/comments/feed/": lambda: _comments_feed(site, ask),
        "/wp-sitemap-posts-post-1.xml": lambda: _sitemap(ask, posts),
        **{path: partial(_article, site, ask, post) for path, post in by_path.items()},
    }
    if ask.get("p").isdigit():
        return next((moved(ask.base + path) for path, post in by_path.items() if post.id == int(ask.get("p"))), None)
    if f"{ask.path}/" in pages:
        return moved(f"{ask.base}{ask.path}/")
    return pages[ask.path]() if ask.path in pages else None


def title_html(title: str) -> str:
    """A title as it is rendered."""
    return escape(title, quote=False)


def excerpt_html(post: Article) -> str:
    """The first words of an article."""
    words = re.sub(r"(?m)^## .*$", "", post.text).split()
    return f"<p>{escape(' '.join(words[:55]), quote=False)}{' [&hellip;]' if len(words) > 55 else ''}</p>\n"


def _feed(site: WordPress, ask: Ask, posts: list[Article]) -> Answer:
    page = int(ask.get("paged") or 1) if (ask.get("paged") or "1").isdigit() else 1
    shown = posts[(page - 1) * PER_FEED : page * PER_FEED]
    if not shown:
        return gone("Aucun article.")
    newest = max(post.modified or post.at for post in posts)
    head = _channel(site, ask, site.title, "/feed/", newest)
    items = "".join(_feed_item(ask, post) for post in shown)
    return _rss(f"{head}{items}", newest)


def _feed_item(ask: Ask, post: Article) -> str:
    link = ask.base + article_path(post)
    count = sum(comment.status == "approved" for comment in post.comments)
    tags = "".join(f"\t\t<category>{cdata(tag)}</category>\n" for tag in post.tags)
    return f"""	<item>
		<title>{escape(post.title, quote=False)}</title>
		<link>{link}</link>
		<comments>{link}#{"comments" if count else "respond"}</comments>
		<dc:creator>{cdata(post.author)}</dc:creator>
		<pubDate>{rss_date(post.at)}</pubDate>
{tags}		<guid isPermaLink="false">{ask.base}/?p={post.id}</guid>
		<description>{cdata(excerpt_html(post))}</description>
		<content:encoded>{cdata(blog_html(post.text))}</content:encoded>
		<wfw:commentRss>{link}feed/</wfw:commentRss>
		<slash:comments>{count}</slash:comments>
	</item>
"""


def _comments_feed(site: WordPress, ask: Ask) -> Answer:
    said = [(post, comment) for post in site.posts for comment in post.comments if comment.status == "approved"]
    said.sort(key=lambda pair: pair[1].at, reverse=True)
    newest = said[0][1].at if said else max(post.at for post in site.posts)
    head = _channel(site, ask, f"Commentaires pour {site.title}", "/comments/feed/", newest)
    return _rss(head + "".join(_comment_item(ask, post, comment) for post, comment in said[:PER_FEED]), newest)


def _comment_item(ask: Ask, post: Article, comment: Comment) -> str:
    link = f"{ask.base}{article_path(post)}#comment-{comment.id}"
    return f"""	<item>
		<title>{escape(f"Commentaires sur {post.title} par {comment.author}", quote=False)}</title>
		<link>{link}</link>
		<dc:creator>{cdata(comment.author)}</dc:creator>
		<pubDate>{rss_date(comment.at)}</pubDate>
		<guid isPermaLink="false">{link}</guid>
		<description>{cdata(comment.text)}</description>
		<content:encoded>{cdata(blog_html(comment.text).lstrip())}</content:encoded>
	</item>
"""


def _channel(site: WordPress, ask: Ask, title: str, path: str, newest: datetime) -> str:
    return f"""<channel>
	<title>{escape(title, quote=False)}</title>
	<atom:link href="{ask.base}{path}" rel="self" type="application/rss+xml" />
	<link>{ask.base}</link>
	<description>{escape(site.description, quote=False)}</description>
	<lastBuildDate>{rss_date(newest)}</lastBuildDate>
	<language>{site.language}</language>
	<sy:updatePeriod>hourly</sy:updatePeriod>
	<sy:updateFrequency>1</sy:updateFrequency>
	<generator>{GENERATOR}</generator>
"""


def _rss(inner: str, newest: datetime) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {NAMESPACES}>\n{inner}</channel>\n</rss>\n'
    return Answer(body, "application/rss+xml; charset=UTF-8", etag="strong", modified_at=newest)


def _sitemap(ask: Ask, posts: list[Article]) -> Answer:
    urls = "".join(f"<url><loc>{ask.base}{article_path(post)}</loc></url>" for post in posts)
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}'
    return Answer(f"{body}</urlset>\n", "application/xml; charset=UTF-8")


def _home(site: WordPress, ask: Ask, posts: list[Article]) -> Answer:
    items = "".join(
        f'<li class="wp-block-post"><h2 class="wp-block-post-title"><a href="{ask.base}{article_path(post)}">'
        f"{title_html(post.title)}</a></h2>{excerpt_html(post)}</li>"
        for post in posts
    )
    return _page(site, ask, site.title, f'<ul class="wp-block-post-template">{items}</ul>')


def _article(site: WordPress, ask: Ask, post: Article) -> Answer:
    said = [comment for comment in post.comments if comment.status == "approved"]
    comments = "".join(_comment_html(site, comment) for comment in sorted(said, key=lambda comment: comment.at))
    inner = f"""<article class="post-{post.id} post type-post status-publish hentry">
<h1 class="wp-block-post-title entry-title">{title_html(post.title)}</h1>
<div class="wp-block-post-author__name">{escape(post.author)}</div>
<div class="wp-block-post-date">{_time(site, post.at)}</div>
<div class="entry-content wp-block-post-content">{blog_html(post.text)}</div>
</article>
<section class="wp-block-comments" id="comments"><ol class="wp-block-comment-template">{comments}</ol></section>"""
    return _page(site, ask, f"{post.title} – {site.title}", inner)


def _comment_html(site: WordPress, comment: Comment) -> str:
    return f"""<li id="comment-{comment.id}" class="comment">
<div class="wp-block-comment-author-name">{escape(comment.author)}</div>
<div class="wp-block-comment-date">{_time(site, comment.at)}</div>
<div class="wp-block-comment-content">{blog_html(comment.text).lstrip()}</div></li>
"""


def _time(site: WordPress, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(site.timezone))
    return f'<time datetime="{local.isoformat()}">{local:%d/%m/%Y}</time>'


def _page(site: WordPress, ask: Ask, title: str, inner: str) -> Answer:
    return as_page(f"""<!DOCTYPE html>
<html lang="{site.language}">
<head>
<meta charset="UTF-8" />
<meta name="generator" content="WordPress 6.6.2" />
<title>{escape(title)}</title>
<link rel="alternate" type="application/rss+xml" title="{escape(site.title)}" href="{ask.base}/feed/" />
<link rel="https://api.w.org/" href="{ask.base}/wp-json/" />
</head>
<body><div class="wp-site-blocks"><header class="wp-block-template-part"><p class="wp-block-site-title">\
<a href="{ask.base}/" rel="home">{escape(site.title)}</a></p></header>
<main class="wp-block-group">{inner}</main></div></body>
</html>
""")
