"""An entry that a queue cannot process is put aside: it is reported, tried again later, and does not block the queue.

A queue is anything that takes one entry after the other: a follower of the log, waiting images, due schedules, files to sweep. One entry
that always fails would be taken first for ever. Here it gets a row with its error, and is tried again after a time that doubles. Code
that takes from a queue skips resting entries (`not_resting`). The rows are writes without a line in the log, like the positions of its
followers; an outage of database or storage puts nothing aside, it concerns everything.
"""
