"""review: what can be judged now."""

import pytest

from fieldbook import review


def test_a_finding_whose_photo_is_on_its_way_waits_outside_the_queue(town):
    here = town.finding(state="rectified")
    away = town.finding(state="assigned")
    town.say("rectify", away, photos=[town.photo()])

    ready, on_the_way = review.ready(town.session, review.queue(town.session, town.standing("wu")))

    assert [one.id for one in ready] == [here.id]
    assert [one.id for one in on_the_way] == [away.id]


def test_an_earlier_rounds_missing_photo_holds_nothing_up(town):
    made = town.finding(state="assigned")
    town.say("rectify", made, photos=[town.photo()])
    town.later(minutes=30)
    town.say("return", made)
    town.later(minutes=30)
    town.say("rectify", made)

    ready, _ = review.ready(town.session, review.queue(town.session, town.standing("wu")))

    assert [one.id for one in ready] == [made.id]


@pytest.mark.parametrize("who", ["wu", "ma", "lin", "zhao", "sun", "eve"])
def test_the_count_is_the_length_of_the_queue(town, who):
    town.finding(state="rectified")
    town.finding(state="cleared")
    away = town.finding(state="assigned")
    town.say("rectify", away, photos=[town.photo()])
    standing = town.standing(who)

    ready, _ = review.ready(town.session, review.queue(town.session, standing))

    assert review.count_ready(town.session, standing) == len(ready)
