#!/bin/sh
# Prints the first Python on PATH that Gatehouse runs on (3.11 or newer), or says plainly that there is none.
for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    path=$(command -v "$name" 2>/dev/null) || continue
    if "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$path"
        exit 0
    fi
done
if command -v python3 >/dev/null 2>&1; then
    echo "Gatehouse needs Python 3.11 or newer; python3 here is $(python3 -c 'import platform; print(platform.python_version())')." >&2
else
    echo "Gatehouse needs Python 3.11 or newer, and there is no python3 on PATH." >&2
fi
exit 1
