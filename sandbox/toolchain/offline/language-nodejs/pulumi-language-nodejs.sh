#!/bin/sh
# Stands before the language host of 2023, which takes a project's `nodeargs` as a flag, while today's CLI sends it
# with the request to run the program, as today's host expects. The engine starts this in the project's folder.
set -eu
nodeargs=$(sed -n 's/^ *nodeargs: *//p' Pulumi.yaml 2>/dev/null || true)
exec "$(dirname "$0")/pulumi-language-nodejs-host" ${nodeargs:+"-nodeargs=$nodeargs"} "$@"
