"""Lists of people through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridmap.population.models import Dwelling, Household, Resident
from tests.cast import Board, Cast
from tests.importers.lists.people import brought, counted, dry, estates, inside, number_of, person, placed, write_csv

pytestmark = pytest.mark.django_db


def test_a_list_creates_people_with_their_dwellings_and_households(board: Board, cast: Cast, tmp_path: Path) -> None:
    estates(board)
    rows = [
        person(),
        person("李秀英", 公民身份号码=number_of("19500101", 2), 与户主关系="妻", 现住址="爱民佳苑３幢２单元501"),
        person("王芳", 公民身份号码=number_of("19900505", 4), 现住址="爱民佳苑1-1-201", 联系电话=""),
    ]
    run = dry(write_csv(tmp_path / "list.csv", rows), cast.officer)
    assert placed(run) == {"matched": 3}
    assert counted(run) == {"created": 3}
    run = brought(write_csv(tmp_path / "list.csv", rows), cast.officer)
    with inside(cast.officer):
        assert Dwelling.objects.count() == 2
        assert Household.objects.count() == 2
        people = {one.name.reveal(): one for one in Resident.objects.select_related("dwelling__building")}
    assert set(people) == {"张建国", "李秀英", "王芳"}
    assert str(people["张建国"].dwelling) == "2-501"
    assert people["张建国"].household_id == people["李秀英"].household_id
    assert people["李秀英"].gender == "female"
    assert people["李秀英"].birth_year == 1950
    again = dry(write_csv(tmp_path / "list.csv", rows), cast.officer)
    assert counted(again) == {"same": 3}
