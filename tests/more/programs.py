"""PHP, with which the examples of the guides are run."""

from __future__ import annotations

from pathlib import Path

PHP = ["php", "-d", "error_reporting=-1", "-d", "display_errors=stderr"]
# Stands in for WordPress around the plugin of examples/.
WORDPRESS = Path(__file__).with_name("wordpress.php")
