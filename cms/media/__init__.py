"""The media library: images with alternative text and credit, re-encoded on arrival, and their renditions."""
