#!/bin/sh
# Makes, while the image is built, all that cells need, and tries it offline:
# the program and its kernel, GoNB, the Python environment, XLA's plugin, Go's
# module and build caches, the corpus.
set -eu
umask 002

cd "$CIRCUITBOOK_MODULE"
export HOME=/tmp/warm
mkdir "$HOME"
export CIRCUITBOOK_RUNS="$HOME/runs"

go build -trimpath -o "$HOME/circuitbook" ./kernel
"$HOME/circuitbook" install --prefix /usr/local
ln -s ../share/circuitbook/bin/circuitbook /usr/local/bin/circuitbook
circuitbook selftest
# What else is fetched, and made of it: the text that models of the scale
# "laptop" are trained on, which "tiny" does without.
cat >"$HOME/corpus.ipynb" <<'END'
{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null,
"source": "import (\"context\"; \"fmt\"; \"circuitbook/sparsenn/corpus\"; \"circuitbook/sparsenn/train\"; \"circuitbook/viz/book\")\n%%\n// The corpus of laptop.\nconfig := book.Must(train.Scale(\"laptop\", 0))\nfmt.Println(book.Must(corpus.Open(context.Background(), config.Corpus, func(s string) { fmt.Println(s) })).Hash)"}]}
END
circuitbook run "$HOME/corpus.ipynb" --out "$HOME/out"
circuitbook run notebooks/02_quotes.ipynb -p scale=tiny --out "$HOME/out"

# Not needed any more: wheels that are unpacked, and zips of modules.
rm -rf "$CIRCUITBOOK_CACHE"/wheels/* "$CIRCUITBOOK_CACHE"/locks
find "$GOPATH/pkg/mod/cache/download" "$CIRCUITBOOK_CACHE/modules" -name '*.zip' -delete

# An image keeps times of whole seconds. The caches compare times, so they
# have to be whole before the last hashes are taken.
find "$CIRCUITBOOK_CACHE" "$GOPATH" -newermt 2000-01-01 ! -type l -print0 | xargs -0 touch -c -d "@$(date +%s)"
rm -f "$CIRCUITBOOK_CACHE"/plugins/*/verified.json
CIRCUITBOOK_OFFLINE=1 GOPROXY=off circuitbook selftest

# Whoever is of the group "users" may add to the caches.
chown -R "$NB_UID:users" "$CIRCUITBOOK_CACHE" "$GOPATH"
chmod -R g+rwX "$CIRCUITBOOK_CACHE" "$GOPATH"
find "$CIRCUITBOOK_CACHE" "$GOPATH" -type d -exec chmod g+s {} +
rm -rf "$HOME"
