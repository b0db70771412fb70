# Remove and replace its own source, and leave executables, set-user-id files and a hostile profile behind.
rm -f -- "$0"
printf '#!/bin/sh\necho BREACH\n' > /tmp/python3; chmod 6755 /tmp/python3
printf 'echo BREACH\n' > /tmp/.bashrc; cp /tmp/.bashrc /tmp/.profile; printf 'print("BREACH")\n' > /tmp/sitecustomize.py
echo replaced > main.sh
echo contained
