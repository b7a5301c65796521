"""How well proposals that are alike are found, on a labelled set; `./run recall` prints the figures."""

from app import main, recall


def test_the_set_is_large_enough_and_whole() -> None:
    titles, queries = recall.titles(), recall.queries()
    assert len(titles) >= 120 and len(queries) >= 90
    assert len({one.name for one in titles}) == len(titles) == len({one.text for one in titles})
    assert {one.right for one in queries} <= {one.name for one in titles}
    assert not {one.text for one in queries} & {one.text for one in titles}
    assert {one.lang for one in titles} == {one.lang for one in queries} == {"id", "en"}


def test_the_right_one_is_found_more_often_than_by_plain_trigrams() -> None:
    assert main.ROUTERS, "every feature has said what of it is found"
    ours, plain = recall.ours(), recall.plain()
    assert recall.share(ours.within(5)) >= 0.95
    assert recall.share(ours.within(5)) > recall.share(plain.within(5))
    assert recall.interval(ours.within(1), plain.within(1))[0] > 0, "what is shown first is clearly better"


def test_an_interval_holds_the_share() -> None:
    low, high = recall.interval([True] * 80 + [False] * 20)
    assert 0.7 < low < 0.8 < high < 0.9
    assert recall.interval([True, False], [True, False]) == (0.0, 0.0)
