"""How programs of each language are named, built and started, and what their toolchains say when they cannot be."""
