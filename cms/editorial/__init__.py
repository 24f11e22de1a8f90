"""What all content types share: the item and its editions, the state machine, publishing and unpublishing."""
