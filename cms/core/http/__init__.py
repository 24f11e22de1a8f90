"""HTTP for every feature: routes, input, answers and their description. Services, queries, policies and models never import it."""
