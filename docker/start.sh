#!/bin/sh
# The entry point: becomes the user that is asked for, puts the notebooks into
# the volume, and runs the command.
#
#   docker run ...                                     as jovyan, uid 1000, gid 100
#   docker run --user root -e NB_UID=1234 -e NB_GID=5678 ...    as jovyan with these
#   docker run --user 1234 --group-add users ...       as the uid, without a name
set -eu
umask 002

fail() {
	echo "start.sh: $*" >&2
	exit 1
}

home=/home/$NB_USER
[ -d "$home" ] || fail "there is no $home: NB_USER is chosen when the image is built, by --build-arg NB_USER=$NB_USER"

if [ "$(id -u)" = 0 ]; then
	for number in "$NB_UID" "$NB_GID"; do
		case $number in
		'' | *[!0-9]*) fail "NB_UID=$NB_UID and NB_GID=$NB_GID must be numbers" ;;
		esac
	done
	[ "$NB_UID" -ne 0 ] || fail "NB_UID=0: notebooks do not run as root here; leave --user root away, or set NB_UID to your own uid"
	if [ "$NB_UID" != "$(id -u "$NB_USER")" ] || [ "$NB_GID" != "$(id -g "$NB_USER")" ]; then
		# By its number, since the gid may be somebody's already.
		getent group "$NB_GID" >/dev/null || groupadd --gid "$NB_GID" "$NB_USER"
		# A new entry, because usermod would walk through the whole volume.
		userdel "$NB_USER"
		useradd --no-log-init --no-create-home --non-unique --home-dir "$home" --shell /bin/bash \
			--uid "$NB_UID" --gid "$NB_GID" --groups users "$NB_USER"
	fi
	# The folders themselves only; a fresh volume is root's.
	# Where that cannot be done, what counts is whether they can be written.
	chown "$NB_UID:$NB_GID" "$home" "$home/work" 2>/dev/null || true
	if [ "${CHOWN_HOME:-}" = yes ] || [ "${CHOWN_HOME:-}" = 1 ]; then
		chown -R "$NB_UID:$NB_GID" "$home"
	fi
	exec setpriv --reuid "$NB_UID" --regid "$NB_GID" --init-groups --inh-caps=-all --no-new-privs \
		env USER="$NB_USER" LOGNAME="$NB_USER" HOME="$home" "$0" "$@"
fi

[ -w "$home" ] || fail "uid $(id -u) cannot write $home: add --group-add users, or use --user root -e NB_UID=$(id -u)"
[ -w "$home/work" ] || fail "uid $(id -u) cannot write $home/work: is the volume read-only? If not, give the folder to that uid, or use --user root -e NB_UID=UID with its owner's uid"
[ -w "$CIRCUITBOOK_CACHE" ] || fail "uid $(id -u) cannot write $CIRCUITBOOK_CACHE: add --group-add users"

# The notebooks, unless the volume has some.
if [ ! -e "$home/work/notebooks" ]; then
	mkdir "$home/work/notebooks"
	cp "$CIRCUITBOOK_MODULE"/notebooks/*.ipynb "$home/work/notebooks/"
fi
# Their outputs are trusted, as they are in the image; signed here, so that no
# two containers share a secret.
trust.py "$home/work/.trust" "$CIRCUITBOOK_MODULE"/notebooks/*.ipynb ||
	echo "start.sh: the notebooks could not be signed; JupyterLab will not trust their HTML" >&2

# Go forgets what was not used for five days, which all is in an older image;
# it looks once a day, and this says that it has.
date +%s >"$GOCACHE/trim.txt" 2>/dev/null || true

exec "$@"
