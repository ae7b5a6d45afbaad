"""What `scripts/sbom` makes of dpkg's list; tests/container has it take a whole image apart."""

from scripts.bill_of_materials import debian_packages

RELEASE = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\nID_LIKE=none\n'
STATUS = """\
Package: libstdc++6
Status: install ok installed
Architecture: amd64
Version: 14.2.0-19
Description: the library
 Version: 1 of a line that goes on

Package: wget
Status: deinstall ok config-files
Architecture: amd64
Version: 1.25.0-2

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2025b-4+deb13u1
"""


def test_installed_packages_are_named_as_scanners_look_them_up() -> None:
    assert [part["purl"] for part in debian_packages(STATUS, RELEASE)] == [
        "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64&distro=debian-13",
        "pkg:deb/debian/tzdata@2025b-4%2Bdeb13u1?arch=all&distro=debian-13",
    ]


def test_a_package_of_which_only_the_configuration_is_left_is_not_named() -> None:
    assert "wget" not in {part["name"] for part in debian_packages(STATUS, RELEASE)}
