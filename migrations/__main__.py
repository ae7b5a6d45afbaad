"""`python -m migrations upgrade [REVISION]`, and every other Alembic command."""

import sys
from pathlib import Path

from alembic.config import CommandLine, Config

from migrations.application_role import renew_application_role
from shared.settings import get_settings


def config() -> Config:
    """Return Alembic's configuration, which needs no file and works from any directory."""
    alembic = Config()
    alembic.set_main_option("script_location", str(Path(__file__).parent))
    alembic.set_main_option("prepend_sys_path", str(Path(__file__).parents[1]))
    alembic.set_main_option("path_separator", "os")
    alembic.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return alembic


def main(arguments: list[str]) -> None:
    """Run an Alembic command; `upgrade` alone goes to the newest migration, then sees to the role."""
    command_line = CommandLine(prog="python -m migrations")
    options = command_line.parser.parse_args(
        [*arguments, "head"] if arguments == ["upgrade"] else arguments
    )
    if not hasattr(options, "cmd"):
        command_line.parser.error("which command? For example: upgrade")
    command_line.run_cmd(config(), options)
    if arguments[:1] == ["upgrade"] and not options.sql:
        renew_application_role(get_settings())


if __name__ == "__main__":
    main(sys.argv[1:])
