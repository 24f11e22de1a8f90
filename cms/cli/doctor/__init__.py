"""`doctor`: what is wrong with this installation, in words. One module for each concern; `command` lists their checks."""
