#!/bin/sh
# Pins the base of the images: asks the registry for the digest that the tag
# in docker/Dockerfile has now, and writes it behind the tag. Nothing is changed
# if no registry answers.
#
#   docker/pin.sh            writes it
#   docker/pin.sh --print    prints NAME:TAG@sha256:... only
#
#   CA=FILE                  certificates, for a proxy that has its own
set -eu

fail() {
	echo "pin.sh: $*; nothing was changed" >&2
	exit 1
}

case ${1:-} in
'' | --print) ;;
*)
	echo "pin.sh: $1: want --print or nothing" >&2
	exit 2
	;;
esac
file=$(dirname "$0")/Dockerfile
[ -w "$file" ] || [ "${1:-}" = --print ] || fail "$file cannot be written"
base=$(sed -n 's/^ARG BASE=//p' "$file")
image=${base%%@*} # without the digest that it has
host=${image%%/*}
tag=${image##*:}
path=${image#*/}
path=${path%:*}
case $image in
*/*:*) ;;
*) fail "the base \"$base\" in $file is not REGISTRY/NAME:TAG" ;;
esac
for tool in curl sha256sum; do
	command -v "$tool" >/dev/null || fail "$tool is not here; install it"
done

# A registry on this machine is one of a test, without TLS.
case $host in
docker.io) url=https://registry-1.docker.io ;;
127.0.0.1:*) url=http://$host ;;
*) url=https://$host ;;
esac
url=$url/v2/$path/manifests/$tag

temp=$(mktemp -d)
trap 'rm -rf "$temp" "$file.new"' EXIT
trap 'exit 130' INT TERM

# ask gets the manifest with the arguments as curl's further ones, and prints
# the status of the answer. An index of all platforms is preferred.
ask() {
	curl --silent --show-error --location --max-time 30 ${CA:+--cacert "$CA"} "$@" \
		--header 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json' \
		--header 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' \
		--dump-header "$temp/headers" --output "$temp/manifest" --write-out '%{http_code}' "$url" 2>"$temp/error"
}
# field prints what the registry's challenge says of a name.
field() { tr -d '\r' <"$temp/headers" | sed -n 's/^[Ww][Ww][Ww]-[Aa]uthenticate: Bearer.*[ ,]'"$1"'="\([^"]*\)".*/\1/p' | tail -n 1; }

status=$(ask) || fail "no registry answered for $image: $(tail -n 1 "$temp/error")"
if [ "$status" = 401 ] && [ -n "$(field realm)" ]; then
	# Public images, too, are read with a token, which everybody gets.
	curl --silent --show-error --fail --max-time 30 ${CA:+--cacert "$CA"} --get --data-urlencode "service=$(field service)" \
		--data-urlencode "scope=$(field scope)" --output "$temp/token" "$(field realm)" 2>"$temp/error" ||
		fail "$host gave no token for $image: $(tail -n 1 "$temp/error")"
	token=$(tr -d '\n' <"$temp/token" | sed -n 's/.*"\(access_\)\{0,1\}token": *"\([^"]*\)".*/\2/p')
	# By a file, because arguments can be seen by everybody.
	printf 'header = "Authorization: Bearer %s"\n' "$token" >"$temp/config"
	status=$(ask --config "$temp/config") || fail "no registry answered for $image: $(tail -n 1 "$temp/error")"
fi
[ "$status" = 200 ] || fail "$url answered $status, not the manifest of $image"
grep -q '"schemaVersion"' "$temp/manifest" || fail "$url answered with something that is not a manifest"

# A digest is the sha256 of what was sent, whoever says otherwise.
digest=sha256:$(sha256sum "$temp/manifest" | cut -d ' ' -f 1)
said=$(tr -d '\r' <"$temp/headers" | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: //p' | tail -n 1)
[ -z "$said" ] || [ "$said" = "$digest" ] || fail "$host says that $image is $said, but sent $digest"

echo "$image@$digest"
[ "${1:-}" != --print ] || exit 0
# As a whole or not at all, with the mode that it had.
cp -p "$file" "$file.new"
sed "s|^ARG BASE=.*|ARG BASE=$image@$digest|" "$file" >"$file.new"
mv "$file.new" "$file"
