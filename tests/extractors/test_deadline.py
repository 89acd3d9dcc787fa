"""One watch cuts what takes too long, and nothing else."""

from __future__ import annotations

import threading
import time

import pytest

from extractors.deadline import Deadline


@pytest.fixture
def watch():
    cuts: list[float] = []
    made = Deadline(lambda: cuts.append(time.monotonic()))
    yield made, cuts
    made.close()


def test_what_is_late_is_cut_once_and_in_time(watch):
    deadline, cuts = watch
    for _ in range(2):
        began = time.monotonic()
        with deadline.within(0.05) as ends_at:
            time.sleep(0.2)
        assert 0 <= cuts[-1] - ends_at < 0.14
        assert ends_at - began < 0.06
    assert len(cuts) == 2


def test_what_is_in_time_is_not_cut_and_costs_no_thread(watch):
    deadline, cuts = watch
    before = threading.active_count()
    for _ in range(200):
        with deadline.within(30):
            pass
    assert threading.active_count() == before + 1
    with deadline.within(0.05):  # nearer than what the watch sleeps for
        time.sleep(0.2)
    assert len(cuts) == 1


def test_a_deadline_ends_with_its_block(watch):
    deadline, cuts = watch
    with pytest.raises(ValueError, match="x"), deadline.within(0.05):
        raise ValueError("x")
    time.sleep(0.15)
    assert cuts == []


def test_it_can_be_closed_at_any_time():
    Deadline(lambda: None).close()
    made = Deadline(lambda: None)
    with made.within(60):
        pass
    before = threading.active_count()
    made.close()
    assert threading.active_count() == before - 1
