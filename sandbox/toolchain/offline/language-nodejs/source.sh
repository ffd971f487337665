#!/bin/sh
# Usage: source.sh SDK_FOLDER FOLDER. Copies the language host's package from the SDK's module to FOLDER, changed in one
# line: the host of 2023 stands between the program and the engine, and forwards only the calls of that year. In the copy,
# the program calls the engine itself. That is how today's calls, such as those for resource hooks, get there.
set -eu
package=$1/nodejs/cmd/pulumi-language-nodejs
forwarded='fmt.Sprintf("127.0.0.1:%d", handle.Port)'
if ! grep -qF "$forwarded" "$package/main.go"; then
  echo "source.sh: main.go doesn't have the expected text: $forwarded" >&2
  exit 1
fi
mkdir -p "$2"
for file in main.go proxy.go proxy_unix.go; do
  sed "s|$forwarded|req.GetMonitorAddress()|" "$package/$file" >"$2/$file"
done
