"""What the parts of one page share, and that nothing of it outlives the page."""

from aiso.once import once, once_each, read_once


def test_a_page_reads_once_and_the_next_reads_anew():
    read = iter(range(10))
    assert [once("figure", lambda: next(read)) for _ in range(2)] == [0, 1]

    with read_once():
        assert [once("figure", lambda: next(read)) for _ in range(3)] == [2, 2, 2]
        assert once("other", lambda: next(read)) == 3
    with read_once():
        assert once("figure", lambda: next(read)) == 4


def test_what_was_nothing_is_not_read_again():
    asked = []

    with read_once():
        for _ in range(2):
            assert once("nobody", lambda: asked.append(1)) is None

    assert asked == [1]


def test_of_many_only_those_are_read_that_nobody_asked_for():
    asked = []

    def read(keys):
        asked.append(keys)
        return {key: key * 2 for key in keys if key != 3}

    assert once_each("double", [], read) == {}
    with read_once():
        assert once_each("double", [1, 3], read) == {1: 2}
        assert once_each("double", [3, 2, 1], read) == {2: 4, 1: 2}
    assert once_each("double", [1], read) == {1: 2}
    assert asked == [[1, 3], [2], [1]]


def test_a_page_that_fails_keeps_nothing():
    try:
        with read_once():
            once("figure", lambda: 1)
            raise ValueError
    except ValueError:
        pass

    assert once("figure", lambda: 2) == 2
