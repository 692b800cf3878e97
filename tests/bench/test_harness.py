"""Whether the bench measures what it says. How fast anything is, is asserted nowhere."""

from dataclasses import replace
from datetime import date

import pytest

from tests.bench import report
from tests.bench.load import Plan, Write, burst, carry_out
from tests.bench.numbers import Burst, Ratios, per_round, percentile, read_wrk
from tests.bench.photograph import SIZE, photograph
from tests.bench.reference.seed import seed
from tests.bench.rows import Measured, plain
from tests.bench.servers import MODULE, PLAIN_PATH, DidNotStart, memory, plain_page, serving
from tests.bench.visitor import NotLetIn, Visitor

WRK = """Running 1s test @ http://127.0.0.1:8100/circle/2
  1 threads and 8 connections
  208 requests in 1.10s, 2.61MB read
  Socket errors: connect 0, read 1, write 0, timeout 2
  Non-2xx or 3xx responses: 4
Requests/sec:    189.09
"""


def test_a_comparison_is_the_median_of_the_rounds_of_all_processes():
    ratios = Ratios([[1.0, 9.0, 2.0], [3.0, 4.0, 5.0]])
    assert ratios.middle == 3.5
    assert ratios.spread == (2.0, 4.0)


def test_each_round_is_compared_with_itself_only():
    assert per_round([100, 50], [200, 50]) == [0.5, 1.0]
    with pytest.raises(ValueError, match="argument 2"):
        per_round([100], [200, 50])


@pytest.mark.parametrize(("share", "slowest"), [(0.99, 99), (0.5, 50), (1, 100), (0, 1)])
def test_a_percentile_is_one_of_the_values(share, slowest):
    assert percentile(range(100, 0, -1), share) == slowest


def test_what_wrk_says_is_read_with_all_that_failed():
    assert read_wrk(WRK) == Burst(208, 1.1, failed=7)
    assert read_wrk("90 requests in 900.00ms, 1MB read") == Burst(90, 0.9)


def test_what_wrk_does_not_say_is_not_made_up():
    with pytest.raises(ValueError, match="something else"):
        read_wrk("unable to connect to 127.0.0.1:8100 Connection refused")


def test_a_burst_knows_what_one_request_cost():
    assert replace(Burst(100, 2.0), processor=0.5).cost == 5
    assert Burst(100, 2.0).per_second == 50


def test_the_written_page_keeps_all_but_what_was_measured():
    page = f"# Speed\n\n{report.BEGINS}old\n{report.ENDS}\nWhy.\n"
    new = report.written_into(page, [Measured(1, "speed", "**0.9**", "0.8", holds=True)], date(2026, 3, 6))
    assert new.startswith("# Speed\n")
    assert new.endswith("Why.\n")
    assert "| 1 | speed | **0.9** | 0.8 | kept |" in new
    assert "2026-03-06" in new
    assert "old" not in new
    assert report.written_into(new, [], date(2026, 3, 7)).count(report.BEGINS) == 1


def test_a_missed_floor_is_said_to_be_missed():
    assert "**missed**" in report.table([Measured(1, "speed", "**0.1**", "0.8", holds=False)])


def test_the_photograph_is_as_large_as_a_phone_makes_them():
    assert SIZE[0] * SIZE[1] == 12_000_000
    assert 4_000_000 < len(photograph()) < 5_000_000


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("bench") / "plain.db"
    seed(str(path))
    return path


@pytest.mark.parametrize("mode", ["C", "T", "S"])
def test_the_plain_page_is_the_same_page_however_its_rows_are_read(database, mode):
    with plain_page(mode, database) as server:
        page = plain(server)
        text = Visitor(server.address, page.cookies).get(PLAIN_PATH).text
        assert memory(server.process.pid, "VmRSS") > 10
        assert Visitor(server.address).get(PLAIN_PATH).status == 401
    assert len(text.encode()) == 12_682
    assert text.count('class="post"') == 10
    assert text.count('class="member"') == 6


def test_a_burst_and_a_plan_count_what_they_asked_for(database, monkeypatch):
    with plain_page("S", database) as server:
        page = plain(server)
        monkeypatch.setattr("shutil.which", lambda name: None)
        assert burst(server.address, page.path, page.cookies, 1).requests > 0
        came = carry_out(Plan(server.address, [page.cookies], [page.path, "/nowhere"], requests=20))
        slowly = carry_out(Plan(server.address, [page.cookies], [page.path], seconds=0.3, pace=20))
    assert came.requests == 20
    assert came.wrong == {"404": 10}
    assert 1 <= slowly.requests <= 7, "a busy machine may ask less often, never more"


def test_what_cannot_be_measured_is_said(database, tmp_path):
    with plain_page("S", database) as server, pytest.raises(NotLetIn, match="no form"):
        Visitor(server.address).sign_in("Ana", "words")
    with (
        pytest.raises(DidNotStart, match="No module named"),
        serving([*MODULE, "tests.bench.nothing"], 1, "/", tmp_path / "said.log"),
    ):
        pass


def test_a_write_fills_in_a_new_id_each_time():
    assert (
        Write("/new", "/new", {"once": "{new}"}).filled()["once"]
        != Write("/new", "/new", {"once": "{new}"}).filled()["once"]
    )
