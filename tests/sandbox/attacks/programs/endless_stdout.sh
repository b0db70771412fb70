# Output that never ends.
yes
