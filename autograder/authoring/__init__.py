"""For authors: the skeleton of a new chapter, and the lists that name all chapters."""
