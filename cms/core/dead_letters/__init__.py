"""What a queue cannot deal with is put aside, so that it stops nothing behind it; it is tried again later, and told.

A queue is anything that takes one thing after the other: a follower of the log, images that wait, plans that are due, files to
sweep. One thing that always fails would be taken first for ever. Here it gets a row with its error, and is tried again after a
time that doubles. Whoever takes from a queue leaves out what rests (`not_resting`). The rows are writes without a line in the
log, like the positions of its followers; an outage of database or storage puts nothing aside, it concerns everything.
"""
