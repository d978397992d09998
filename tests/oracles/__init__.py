"""Other people's programs as a second opinion. None is a dependency: each runs in an environment of its own, or not."""
