"""Whether files have been looked at for viruses: once for the same bytes, by the scanner that the operator names."""
