"""Refusals that mean something of their own: comments switched off, a video that is gone, units that are spent."""

from __future__ import annotations

import json
from datetime import date

import pytest

from extractors.collect import collect, plan

DAY = date(2026, 10, 14)
VIDEOS = "/youtube/v3/videos?part=snippet,statistics&id=v1&maxResults=50"
THREADS = "/youtube/v3/commentThreads?part=snippet,replies&order=time&maxResults=100&videoId=v1"
VIDEO = {
    "kind": "youtube#videoListResponse",
    "items": [
        {
            "id": "v1",
            "snippet": {
                "title": "Mug", "description": "Un mug.", "publishedAt": "2026-10-01T08:00:00Z", "channelId": "UC1",
                "channelTitle": "Zoé",
            },
            "statistics": {"commentCount": "3"},
        }
    ],
}  # fmt: skip


def error(code, reason):
    return json.dumps({"error": {"code": code, "message": "No.", "errors": [{"reason": reason, "domain": "youtube"}]}})


@pytest.fixture
def night(web, settings, brands_of, limits):
    """Collect the comments of some videos, with a key."""

    def run(*queries):
        named = ", ".join(f'"video:{name}"' for name in queries)
        brands = brands_of(f'id: tube, type: youtube, url: "{web.base}", queries: [{named}]', private=(web.host,))
        return collect(settings, brands, plan(brands, DAY), limits=limits, secrets={"tube": {"key": "K"}})

    return run


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [(403, "commentsDisabled", "comments are switched off"), (404, "videoNotFound", "the video is gone")],
)
def test_nothing_to_be_had_is_no_loss(web, night, reply, status, reason, words):  # noqa: PLR0917
    web.says(VIDEOS, reply(json.dumps(VIDEO)))
    web.says(THREADS, reply(error(status, reason), status))
    (outcome,) = night("v1")
    assert (outcome.state, outcome.request_count, outcome.post_count) == ("empty", 2, 0)
    assert words in outcome.reason
    assert outcome.covered_from_at is not None, "the day was seen: there was nothing"
    asked = len(web.asked)
    assert night("v1") == [outcome]
    assert len(web.asked) == asked, "what is switched off is not asked again"


def test_another_refusal_is_one(web, night, reply):
    web.says(VIDEOS, reply(json.dumps(VIDEO)))
    web.says(THREADS, reply(error(403, "forbidden"), 403))
    (outcome,) = night("v1")
    assert (outcome.state, "not open to the public" in outcome.reason) == ("truncated", True)


def test_spent_units_stop_every_job_of_the_day(web, night, reply):
    web.says(VIDEOS, reply(error(403, "quotaExceeded"), 403))
    outcomes = night("v1", "v2")
    assert [outcome.state for outcome in outcomes] == ["blocked", "blocked"]
    assert "quota is spent" in outcomes[0].reason
    assert "quota is spent" in outcomes[1].reason
    assert web.count(VIDEOS.replace("id=v1", "id=v2")) == 0, "the second job asks nothing"


def test_too_many_requests_at_a_time_spend_nothing(web, night, reply):
    web.says(VIDEOS, reply(error(403, "rateLimitExceeded"), 403))
    web.says(VIDEOS.replace("id=v1", "id=v2"), reply(json.dumps({**VIDEO, "items": []})))
    outcomes = night("v1", "v2")
    assert (outcomes[0].state, "rate limit" in outcomes[0].reason) == ("blocked", True)
    assert (outcomes[1].state, outcomes[1].quarantined_count) == ("empty", 1), "gone: said, and no loss"
