#!/bin/sh
# Builds an image with docker, podman or buildah, whichever is there.
#
#   docker/build.sh [cpu|cuda] [ARGUMENT OF THE ENGINE...]
#
# The image is localhost/circuitbook:cpu or :cuda; the CUDA image is built on
# the CPU image. What this machine needs to reach package indexes is lent to
# the build as secrets, none of which stays in the image: its certificates,
# its settings of pip and Go, its proxies.
#
#   ENGINE=docker|podman|buildah   the engine, options of its own after it
#   BASE=IMAGE                     instead of the base that the Dockerfile names
#   CA=FILE                        certificates, for a proxy that has its own
set -eu

kind=${1:-cpu}
[ $# -eq 0 ] || shift
case $kind in
cpu) file=docker/Dockerfile ;;
cuda) file=docker/Dockerfile.cuda ;;
*)
	echo "build.sh: $kind: want cpu or cuda" >&2
	exit 2
	;;
esac
cd "$(dirname "$0")/.."

if [ -z "${ENGINE:-}" ]; then
	for ENGINE in docker podman buildah ''; do
		if [ -n "$ENGINE" ] && command -v "$ENGINE" >/dev/null; then break; fi
	done
	if [ -z "$ENGINE" ]; then
		echo "build.sh: none of docker, podman and buildah is here; install one" >&2
		exit 1
	fi
fi

secrets=$(mktemp -d)
trap 'rm -rf "$secrets"' EXIT
trap 'exit 130' INT TERM

# quote prints its argument as one word of the shell.
quote() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }

# settings prints what pip, Go and curl are told here, as assignments.
settings() {
	for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy \
		PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_PROXY PIP_DEFAULT_TIMEOUT PIP_RETRIES; do
		eval "value=\${$name:-}"
		[ -z "$value" ] || echo "$name=$(quote "$value")"
	done
	for name in GOPROXY GOSUMDB GOPRIVATE GONOPROXY GONOSUMDB GOINSECURE; do
		eval "value=\${$name:-}"
		# What was set by go env -w counts, too.
		if [ -z "$value" ] && command -v go >/dev/null; then value=$(cd / && go env "$name"); fi
		[ -z "$value" ] || echo "$name=$(quote "$value")"
	done
}
settings >"$secrets/settings"

ca=${CA:-${SSL_CERT_FILE:-${PIP_CERT:-${REQUESTS_CA_BUNDLE:-/etc/ssl/certs/ca-certificates.crt}}}}
if [ -f "$ca" ]; then cp "$ca" "$secrets/ca"; else : >"$secrets/ca"; fi
: >"$secrets/pip"
for conf in "${PIP_CONFIG_FILE:-}" "${XDG_CONFIG_HOME:-${HOME:-}/.config}/pip/pip.conf" "${HOME:-}/.pip/pip.conf" /etc/pip.conf; do
	if [ -n "$conf" ] && [ -f "$conf" ]; then
		cp "$conf" "$secrets/pip"
		break
	fi
done

set -- --secret "id=ca,src=$secrets/ca" --secret "id=settings,src=$secrets/settings" \
	--secret "id=pip,src=$secrets/pip" -t "localhost/circuitbook:$kind" -f "$file" "$@"
case $ENGINE in
# Theirs is a format without HEALTHCHECK otherwise.
podman* | buildah*) set -- --format docker "$@" ;;
docker*)
	# The others take these from the environment.
	for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy; do
		eval "value=\${$name:-}"
		[ -z "$value" ] || set -- --build-arg "$name" "$@"
	done
	;;
esac
if [ -n "${BASE:-}" ]; then set -- --build-arg "BASE=$BASE" "$@"; fi
# shellcheck disable=SC2086 # its options are words
$ENGINE build "$@" .
