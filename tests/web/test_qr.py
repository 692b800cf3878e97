import re
from xml.etree import ElementTree

from portal.web.qr import qr_svg

ADDRESS = "https://elm.example.org/join/u9Xk3v5mQeWz0cYt7sRb2aLd1fG"


def rows(drawn: str) -> list[str]:
    """The square as it is painted, a letter for each module: # where a line runs."""
    svg = ElementTree.fromstring(drawn)  # noqa: S314  our own
    size = int(svg.attrib["viewBox"].split()[2])
    field = [[" "] * size for _ in range(size)]
    x, y = 0.0, 0.0
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", svg[0].attrib["d"]):
        steps = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if step == "M":
            x, y = steps
        elif step == "m":
            x, y = x + steps[0], y + steps[1]
        else:
            field[int(y)][int(x) : int(x + steps[0])] = "#" * int(steps[0])
            x += steps[0]
    return ["".join(row) for row in field]


def test_a_camera_finds_three_corners_and_a_quiet_zone_around_them():
    drawn = rows(qr_svg(ADDRESS))
    size = len(drawn)
    assert all(len(row) == size for row in drawn)
    eye = ["#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"]
    assert [row[4:11] for row in drawn[4:11]] == eye
    assert [row[-11:-4] for row in drawn[4:11]] == eye
    assert [row[4:11] for row in drawn[-11:-4]] == eye
    quiet = drawn[:4] + drawn[-4:] + [row[:4] + row[-4:] for row in drawn]
    assert not any("#" in row for row in quiet)


def test_another_address_draws_another_square():
    assert rows(qr_svg(ADDRESS)) != rows(qr_svg(ADDRESS[:-1] + "H"))
    assert qr_svg(ADDRESS) == qr_svg(ADDRESS)


def test_it_carries_no_style_that_the_page_would_have_to_allow():
    svg = ElementTree.fromstring(qr_svg(ADDRESS))  # noqa: S314
    assert not {"style", "width", "height"} & {name for part in svg.iter() for name in part.attrib}
    assert svg.attrib["class"] == "qr"


def test_it_says_what_it_is_to_someone_who_does_not_see_it():
    svg = ElementTree.fromstring(qr_svg(ADDRESS, label="“A” & <B>"))  # noqa: S314
    assert (svg.attrib["role"], svg.attrib["aria-label"]) == ("img", "“A” & <B>")
    assert "camera" in ElementTree.fromstring(qr_svg(ADDRESS)).attrib["aria-label"]  # noqa: S314
