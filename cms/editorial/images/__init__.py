"""Images of the library that items show: checking them, changing them, where they are used."""
