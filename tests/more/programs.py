"""PHP, with which the examples of the guides are run."""

from __future__ import annotations

from pathlib import Path

PHP = ["php", "-d", "error_reporting=-1", "-d", "display_errors=stderr"]
# Stands in for the functions of WordPress that an example calls.
WORDPRESS = Path(__file__).with_name("wordpress.php")
