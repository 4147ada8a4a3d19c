#!/bin/sh
# Builds an image with docker, podman or buildah, whichever is there.
#
#   docker/build.sh [cpu|cuda] [ARGUMENT OF THE ENGINE...]
#
# The image is localhost/circuitbook:cpu or :cuda; the CUDA image is built on
# the CPU image. What this machine needs to reach package indexes is lent to
# the build as secrets, none of which stays in the image: its certificates,
# its settings of pip, Go and apt, its proxies.
#
#   ENGINE=docker|podman|buildah   the engine, options of its own after it
#   BASE=IMAGE                     instead of the base that the Dockerfile names
#   CA=FILE                        certificates, for a proxy that has its own
#   APT_CONF=FILE                  a configuration of apt, for a proxy of its own
#   APT_SOURCES=FILE               a sources.list of trixie, for a mirror
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
		# Docker's program is of no use where its service does not run.
		if [ "$ENGINE" = docker ] && ! docker info >/dev/null 2>&1; then continue; fi
		if [ -n "$ENGINE" ] && command -v "$ENGINE" >/dev/null; then break; fi
	done
	if [ -z "$ENGINE" ]; then
		echo "build.sh: none of docker (with its service), podman and buildah is here; install one" >&2
		exit 1
	fi
fi

# Only its owner may look into this folder.
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

for name in APT_CONF APT_SOURCES; do
	eval "file_named=\${$name:-}"
	if [ -n "$file_named" ] && [ ! -f "$file_named" ]; then
		echo "build.sh: $name=$file_named: there is no such file" >&2
		exit 2
	fi
done
{
	# The proxies that apt has here; what else it has is this machine's own.
	if command -v apt-config >/dev/null; then apt-config dump | grep -iE '^Acquire::https?::Proxy(::[^ ]+)? ' || true; fi
	[ ! -s "$secrets/ca" ] || echo 'Acquire::https::CAInfo "/run/secrets/ca";'
	[ -z "${APT_SOURCES:-}" ] || echo 'Dir::Etc::sourcelist "/run/secrets/sources"; Dir::Etc::sourceparts "-";'
	[ -z "${APT_CONF:-}" ] || cat "$APT_CONF"
} >"$secrets/apt"
if [ -n "${APT_SOURCES:-}" ]; then cp "$APT_SOURCES" "$secrets/sources"; else : >"$secrets/sources"; fi

set -- --secret "id=ca,src=$secrets/ca" --secret "id=settings,src=$secrets/settings" --secret "id=pip,src=$secrets/pip" \
	--secret "id=apt,src=$secrets/apt" --secret "id=sources,src=$secrets/sources" -t "localhost/circuitbook:$kind" -f "$file" "$@"
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
