"""Categories of content and the kinds of public information that the law names."""
