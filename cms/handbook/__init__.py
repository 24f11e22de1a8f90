"""The front door: the front page, the guide, errors and reference for people, and the OpenAPI documents."""
