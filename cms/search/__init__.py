"""Search over what is published: the index, which belongs to publications, and the questions of readers."""
