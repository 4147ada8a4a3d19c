#!/bin/sh
# Runs a command, while an image is built, with what the builder's machine lets
# the build have: the certificates in the secret "ca", the variables of pip, Go
# and proxies in the secret "settings", the configuration of pip in the secret
# "pip", and that of apt in the secret "apt", which may name the list of sources
# in the secret "sources". None of them stays in the image. Each may be missing.
#
#   with-settings.sh COMMAND [ARGUMENT...]
set -eu

secrets=${SECRETS_DIR:-/run/secrets}
if [ -s "$secrets/ca" ]; then
	# Go, OpenSSL, pip and requests each have a name for it.
	export SSL_CERT_FILE="$secrets/ca" PIP_CERT="$secrets/ca" REQUESTS_CA_BUNDLE="$secrets/ca"
fi
if [ -s "$secrets/pip" ]; then
	export PIP_CONFIG_FILE="$secrets/pip"
fi
if [ -s "$secrets/apt" ]; then
	export APT_CONFIG="$secrets/apt"
fi
if [ -s "$secrets/settings" ]; then
	set -a
	# shellcheck source=/dev/null
	. "$secrets/settings"
	set +a
fi
exec "$@"
