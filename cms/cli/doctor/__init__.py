"""`doctor`: reports in words what is wrong with this installation. One module for each concern; `command` lists their checks."""
