"""From bytes and markup to a person's words."""

from __future__ import annotations

import pytest

from extractors.text import clean, clean_name, decoded, html_to_text, line


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("é".encode(), "text/html; charset=utf-8", "é"),
        ("é…".encode("cp1252"), "text/html; charset=utf-8", "é…"),  # the promise is wrong
        ("é…".encode("cp1252"), "text/html; charset=iso-8859-1", "é…"),  # what latin-1 means on the web
        ("œ€".encode("iso-8859-15"), "text/html; charset=iso-8859-15", "œ€"),
        ("привет".encode("cp1251"), "text/html; charset=windows-1251", "привет"),
        ("é".encode("utf-8-sig"), "text/html; charset=iso-8859-1", "é"),
        ("é".encode("utf-16"), "", "é"),
        (b"<meta charset='cp1252'>\xe9", "text/html", "<meta charset='cp1252'>é"),
        ("é".encode(), "text/html; charset=no-such-charset", "é"),
        (b"\xff\xfe\x00", "", "\ufffd"),
    ],
)
def test_charsets(body, content_type, expected):
    assert decoded(body, content_type).strip("\x00") == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\x00b\x07", "ab"),
        ("\ud83d\ude00 ok", "😀 ok"),  # a pair that JSON wrote as two halves
        ("a\ud83d b", "a\ufffd b"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("👩\u200d🌾", "👩\u200d🌾"),  # joined emojis stay joined
    ],
)
def test_clean(raw, expected):
    assert clean(raw) == expected


def test_names_lose_what_nobody_sees():
    assert clean_name("Zo\u200bé\u202e  B\u00ad.\ufeff") == "Zoé B."


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Un</p><p>Deux</p>", "Un\n\nDeux"),
        ("Un<br>Deux<br/>\nTrois", "Un\nDeux\nTrois"),
        ("<ul><li>a</li><li>b <b>c</b></li></ul>", "a\nb c"),
        ("a &amp; b &lt;c&gt; &eacute;", "a & b <c> é"),
        ("pas de balise &amp; c'est bien", "pas de balise & c'est bien"),
        ("<p>moi</p><blockquote><p>lui</p><p>encore</p></blockquote>tail", "moi\n\n> lui\n\n> encore\n\ntail"),
        ("<style>p{}</style><p>ok</p><script>x()</script><template>t</template>", "ok"),
        ("<p>vu <img src='/smilies/a.gif' alt=':)'> <img src='/cat.jpg' alt='chat'></p>", "vu :)"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("<!-- rien --><p>x<!-- y --> z</p>", "x z"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1\n2"),
        ("", ""),
        ("<>", "<>"),
        ("<div>a</div>\n<div><div>b</div></div>", "a\nb"),
        ("<p>\x00a\ud800</p>", "a\ufffd"),
    ],
)
def test_html_to_text(markup, expected):
    assert html_to_text(markup) == expected


def test_a_title_is_one_line():
    assert line("<b>L&rsquo;anse</b>\n  cassée") == "L’anse cassée"
    assert line(" <i></i> ") is None


def test_nesting_is_no_danger():
    deep = "<div>" * 200_000 + "fond" + "</div>" * 200_000
    assert len(html_to_text(deep + "<p>fin</p>")) < 100
    assert html_to_text("<b>" * 200_000 + "x")[-1:] in ("", "x")
