#!/usr/bin/env bash
# Builds the CPU image on a base made of Debian's packages, which stands in for
# the official one, and tries the image without a network. Prints a line per
# check, ok or FAILED, and ends with 1 if any failed. Needs root and
#
#   apt-get install buildah podman runc uidmap mmdebstrap
#
#   docker/try.sh                 all of it
#   WORK=FOLDER docker/try.sh     keeps base and images there; a base and steps that are there are used
#   BUILD=no WORK=FOLDER ...      tries the image that is there
#   LONG=yes                      also trains the model whose circuit is drawn
#   CUDA=yes                      builds the CUDA image, too (some GB)
#   BASE=IMAGE                    on this base, and makes none
#
# APT_SOURCES, APT_CONF and CA are build.sh's; the base is made from APT_SOURCES, too.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
for tool in buildah podman runc mmdebstrap; do
	command -v $tool >/dev/null || { echo "try.sh: $tool is not here: apt-get install buildah podman runc uidmap mmdebstrap" >&2 && exit 2; }
done
[ "$(id -u)" = 0 ] || { echo "try.sh: it needs root, to make a base and containers" >&2 && exit 2; }

work=${WORK:-}
if [ -z "$work" ]; then work=$(mktemp -d); fi
mkdir -p "$work"
work=$(cd "$work" && pwd)
store=(--root "$work/store" --runroot "$work/run" --storage-driver overlay)
pod() { podman "${store[@]}" --cgroup-manager cgroupfs --runtime runc "$@"; }
image=localhost/circuitbook:cpu
# As docker run --network none. The limits are such that a machine without
# CAP_SYS_RESOURCE can set them.
options=(--network none --pull never --ulimit nofile=1024:1024 --ulimit nproc=4096:4096)
run() { pod run --rm --no-healthcheck "${options[@]}" "$@"; }
# The timer of the health check wants systemd, and podman complains where there
# is none; the check itself is called by hand.
serve() { pod run -d --health-interval disable "${options[@]}" "$@"; }

cleanup() {
	pod rm --all --force --time 1 >/dev/null 2>&1 || true
	buildah "${store[@]}" rm --all >/dev/null 2>&1 || true
	rm -rf "$work/volume"
	if [ -z "${WORK:-}" ]; then
		buildah "${store[@]}" rmi --all --force >/dev/null 2>&1 || true
		umount "$work/store/overlay" 2>/dev/null || true
		rm -rf "$work"
	fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

passed=0 failed=0
# check runs a function, and says whether it did well, how long it took and the
# last line that it printed.
check() {
	local what=$1 begin=$EPOCHREALTIME seconds
	shift
	# Not as a condition, where set -e would have no effect in it.
	("$@") >"$work/log" 2>&1 &
	if wait $!; then
		seconds=$(since "$begin")
		grep -E '^(ok    |FAILED) ' "$work/log" || true
		passed=$((passed + 1 + $(grep -c '^ok     ' "$work/log" || true)))
		echo "ok     $what: $(tail -n 1 "$work/log" | cut -c 1-300) ($seconds s)"
	else
		failed=$((failed + 1))
		echo "FAILED $what ($(since "$begin") s)"
		tail -n 25 "$work/log" | sed 's/^/       | /'
	fi
}
since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }
# refused runs a container that must end with an error that says something.
refused() {
	local want=$1 out
	shift
	if out=$(run "$@" 2>&1); then echo "it did not fail: $out" && return 1; fi
	echo "$out"
	if [ "$(wc -l <<<"$out")" != 1 ]; then echo "more than one line" && return 1; fi
	if ! grep -qF -- "$want" <<<"$out"; then echo "it does not say \"$want\"" && return 1; fi
}

make_base() {
	if buildah "${store[@]}" inspect localhost/stand-in >/dev/null 2>&1; then echo "as made before" && return; fi
	mmdebstrap --variant=minbase --include=ca-certificates trixie "$work/base.tar" ${APT_SOURCES:+"$APT_SOURCES"}
	local c
	c=$(buildah "${store[@]}" from scratch)
	buildah "${store[@]}" add -q "$c" "$work/base.tar" /
	buildah "${store[@]}" commit -q --rm "$c" localhost/stand-in
	echo "Debian $(buildah "${store[@]}" images --format '{{.Size}}' localhost/stand-in), $(tar -xOf "$work/base.tar" ./etc/debian_version)"
	rm "$work/base.tar"
}

# What the machine lends to the build has a word in it, which must not stay; the
# same each time, since steps of earlier builds are used again.
canary='lent-to-a-build-and-kept-by-none'
build() {
	local lent=$work/lent
	rm -rf "$lent" && mkdir "$lent"
	cat "${CA:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}" >"$lent/ca" 2>/dev/null || true
	cat "${PIP_CONFIG_FILE:-${HOME:-}/.config/pip/pip.conf}" >"$lent/pip" 2>/dev/null || cat /etc/pip.conf >"$lent/pip" 2>/dev/null || true
	cat "${APT_CONF:-/dev/null}" >"$lent/apt"
	echo "# $canary" | tee -a "$lent/ca" "$lent/pip" >/dev/null
	echo "// $canary" >>"$lent/apt"
	CA=$lent/ca PIP_CONFIG_FILE=$lent/pip APT_CONF=$lent/apt NO_PROXY="${NO_PROXY:+$NO_PROXY,}$canary.invalid" \
		ENGINE="buildah ${store[*]}" BASE=${BASE:-localhost/stand-in} "$here/build.sh" "$1" --isolation chroot --pull=never --layers
	rm -rf "$lent"
	echo "localhost/circuitbook:$1, $(buildah "${store[@]}" images --format '{{.Size}}' "localhost/circuitbook:$1")"
}
nothing_stays() {
	if { pod inspect "$1" && pod history --no-trunc "$1"; } | grep -F "$canary"; then return 1; fi
	local c root
	c=$(buildah "${store[@]}" from --pull-never "$1")
	root=$(buildah "${store[@]}" mount "$c")
	# The word is looked for where a build can leave it; grep ends with 1 if it is nowhere.
	if grep -rlF --devices=skip "$canary" "$root"; then return 1; fi
	[ -z "$(find "$root/run" -path '*secrets*' -type f)" ]
	echo "neither in its configuration and history nor in its $(find "$root" -type f | wc -l) files"
	buildah "${store[@]}" rm "$c" >/dev/null
}

user() {
	local out
	out=$(run $image sh -c 'id && touch ~/work/a && ! touch /etc/a 2>/dev/null && ls /sys/class/net')
	echo "$out"
	[ "$out" = $'uid=1000(jovyan) gid=100(users) groups=100(users)\nlo' ]
	echo "uid=1000(jovyan) gid=100(users), and no network but lo"
}
selftest() {
	run "$@" >"$work/selftest" 2>&1 || { cat "$work/selftest" && return 1; }
	cat "$work/selftest"
	[ "$(grep -cE '^ok +(a cell in Go|a mask on the backend|a drawn circuit)' "$work/selftest")" = 3 ]
	grep -q 'exact, on xla:cpu' "$work/selftest"
	grep -E 'drawn circuit' "$work/selftest"
}

# health says what the health check of the container says.
health() { pod healthcheck run "$1"; }
healthy() {
	local n
	for n in $(seq 240); do
		if health "$1" >/dev/null 2>&1; then echo "after $((n - 1)) tries" && return; fi
		sleep 0.25
	done
	pod logs "$1"
	return 1
}
unhealthy() {
	if health "$1"; then return 1; fi
	pod exec "$1" healthcheck.py 2>&1 || true
}
lab_starts() {
	echo "$EPOCHREALTIME" >"$work/started"
	serve --name lab -v "$here/try_lab.py:/try_lab.py:ro" $image
	healthy lab
	# Its address, with the token, is where people look for it.
	pod logs lab >"$work/lab" 2>&1
	grep -q 'http://127.0.0.1:8888/lab?token=' "$work/lab"
	healthy lab
}
lab_answers() {
	pod exec lab circuitbook python /try_lab.py "$(cat "$work/started")"
	echo "all of it"
}
server() { pod exec lab sh -c "kill -$1 \"\$(sed -n 's/.*\"pid\": \([0-9]*\).*/\1/p' \"\$JUPYTER_RUNTIME_DIR\"/jpserver-*.json)\""; }
health_hung() {
	server STOP
	unhealthy lab
	server CONT
	healthy lab >/dev/null
	pod exec lab healthcheck.py | sed 's/^/and again when it goes on: /'
}
lab_stops() {
	local begin=$EPOCHREALTIME
	pod stop --time 20 lab >/dev/null
	[ "$(pod inspect --format '{{.State.ExitCode}}' lab)" != 137 ]
	echo "by SIGTERM, with $(pod inspect --format '{{.State.ExitCode}}' lab), in $(since "$begin") s"
}
health_dead() {
	# The server is killed; what started it goes on.
	serve --name dead $image sh -c 'circuitbook lab & wait; sleep 600'
	healthy dead
	pod exec dead sh -c "kill -9 \"\$(sed -n 's/.*\"pid\": \([0-9]*\).*/\1/p' \"\$JUPYTER_RUNTIME_DIR\"/jpserver-*.json)\""
	sleep 1
	unhealthy dead
}
health_none() {
	serve --name none $image sleep 600
	sleep 2
	unhealthy none
}

# volume makes an empty folder that stands for somebody's, as owner and mode.
volume() {
	rm -rf "$work/volume"
	mkdir "$work/volume"
	chown "$1" "$work/volume"
	chmod "$2" "$work/volume"
}
other_uid() {
	volume 1234:5678 755
	selftest --user root -e NB_UID=1234 -e NB_GID=5678 -v "$work/volume:/home/jovyan/work" $image \
		sh -c 'id && umask && echo mine >mine && circuitbook selftest'
	grep -q '^uid=1234(jovyan) gid=5678(jovyan) groups=5678(jovyan),100(users)$' "$work/selftest"
	[ -z "$(find "$work/volume" ! -uid 1234 -o ! -gid 5678)" ]
	echo "$(find "$work/volume" | wc -l) files and folders of the volume are 1234:5678; $(tail -n 1 "$work/selftest")"
}
fresh_volume() {
	# Root's, as an engine makes one that is not there.
	volume 0:0 755
	selftest --user root -e NB_UID=1001 -v "$work/volume:/home/jovyan/work" $image circuitbook selftest
	[ -z "$(find "$work/volume" ! -uid 1001 -o ! -gid 100)" ]
	echo "all of the volume is 1001:100"
}
plain_uid() {
	volume 4321:100 775
	selftest --user 4321 --group-add users -v "$work/volume:/home/jovyan/work" $image circuitbook selftest
	[ -z "$(find "$work/volume" ! -uid 4321)" ]
	tail -n 1 "$work/selftest"
}
kept() {
	volume 1000:100 755
	run -v "$work/volume:/home/jovyan/work" $image sh -c 'echo mine >notebooks/01_train.ipynb && rm notebooks/02_quotes.ipynb'
	run -v "$work/volume:/home/jovyan/work" $image true
	[ "$(cat "$work/volume/notebooks/01_train.ipynb")" = mine ]
	[ ! -e "$work/volume/notebooks/02_quotes.ipynb" ]
	echo "what was changed and removed stays so when a container is started on the volume again"
}
foreign_volume() {
	volume 0:0 755
	refused "uid 1000 cannot write /home/jovyan/work" -v "$work/volume:/home/jovyan/work" $image true
}
readonly_volume() {
	volume 1000:100 755
	refused "uid 1000 cannot write /home/jovyan/work" -v "$work/volume:/home/jovyan/work:ro" $image true
}
readonly_root() {
	volume 0:0 755
	refused "uid 1234 cannot write /home/jovyan/work" --user root -e NB_UID=1234 -v "$work/volume:/home/jovyan/work:ro" $image true
}

# drawn runs the second notebook up to its first circuit, for a seed.
drawn() {
	local begin=$EPOCHREALTIME
	volume 1000:100 755
	cat >"$work/volume/cut.py" <<'END'
import json
book = json.load(open("notebooks/02_quotes.ipynb"))
last = next(i for i, c in enumerate(book["cells"]) if "circuits.Circuit{" in "".join(c["source"]))
book["cells"] = book["cells"][: last + 1]
for cell in book["cells"]:
    if cell["cell_type"] == "code":
        cell["outputs"] = []
json.dump(book, open("quotes.ipynb", "w"))
END
	run -v "$work/volume:/home/jovyan/work" $image sh -c "python3 cut.py && circuitbook run quotes.ipynb -p seed=$1"
	grep -q '"image/svg+xml"' "$work/volume/circuitbook-out/quotes.ipynb"
	echo "$(since "$begin") s from the start of the container to the report with the picture"
}

echo "# $(date -u +%F), $(nproc) cores, load $(cut -d ' ' -f 1 /proc/loadavg), $(buildah --version | cut -d ' ' -f 1-3), $(podman --version), $(runc --version | head -n 1)"
if [ "${BUILD:-}" != no ]; then
	[ -n "${BASE:-}" ] || check "a base of Debian's packages" make_base
	check "the CPU image is built" build cpu
	check "nothing that was lent to the build stays in the image" nothing_stays $image
fi
if ! pod image exists $image; then
	echo "FAILED there is no $image to try"
	exit 1
fi
check "the user" user
check "selftest without a network" selftest $image circuitbook selftest
check "JupyterLab starts; the health check passes" lab_starts
check "JupyterLab answers" lab_answers
check "the health check fails while the server hangs" health_hung
check "JupyterLab stops" lab_stops
check "the health check fails when the server was killed" health_dead
check "the health check fails where no server was started" health_none
check "NB_UID and NB_GID" other_uid
check "NB_UID with a volume of root's" fresh_volume
check "--user UID --group-add users" plain_uid
check "the volume's own notebooks" kept
check "a volume of somebody else's" foreign_volume
check "a read-only volume" readonly_volume
check "a read-only volume and NB_UID" readonly_root
check "--user UID without the group" refused "add --group-add users" --user 4321 $image true
check "another NB_USER" refused "NB_USER is chosen when the image is built" -e NB_USER=me $image true
check "NB_UID=0" refused "notebooks do not run as root" --user root -e NB_UID=0 $image true
check "NB_UID that is no number" refused "must be numbers" --user root -e NB_UID=me $image true
check "NB_GID that is empty" refused "must be numbers" --user root -e NB_GID= $image true
check "the circuit of a trained model, which comes with the notebooks (seed 1)" drawn 1
if [ "${LONG:-}" = yes ]; then check "the circuit of a model that is trained first (seed 0)" drawn 0; fi
if [ "${CUDA:-}" = yes ]; then
	BASE=$image check "the CUDA image is built on it" build cuda
	check "nothing that was lent to the build stays in the CUDA image" nothing_stays localhost/circuitbook:cuda
	check "selftest of the CUDA image, without a GPU" selftest localhost/circuitbook:cuda circuitbook selftest
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
