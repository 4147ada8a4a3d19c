#!/bin/sh
# Puts XLA's CUDA plugin, of the wheels that pip unpacked into a folder, where
# go-xla expects it.
#
#   cuda-layout.sh FOLDER
set -eu

dir=${1:?the folder}
plugin=$dir/jax_plugins/xla_cuda13/xla_cuda_plugin.so
if [ ! -f "$plugin" ]; then
	echo "cuda-layout.sh: there is no $plugin: has the wheel another layout?" >&2
	exit 1
fi
mv "$plugin" "$dir/nvidia/pjrt_c_api_cuda_plugin.so"
rm -rf "${dir:?}/jax_plugins" "${dir:?}/bin"

# The plugin looks for these in folders that the wheels do not have.
mkdir -p "$dir/nvidia/bin"
ln -s ../cu13/bin/ptxas "$dir/nvidia/bin/ptxas"
for lib in libcublas.so.13 libcublasLt.so.13; do
	ln -s "go-xla/nvidia/cu13/lib/$lib" "$(dirname "$dir")/$lib"
done

# Everything that was linked is there, and the plugin itself loads.
for file in "$dir/nvidia/bin/ptxas" "$(dirname "$dir")/libcublas.so.13" "$(dirname "$dir")/libcublasLt.so.13"; do
	if [ ! -e "$file" ]; then
		echo "cuda-layout.sh: $file leads nowhere" >&2
		exit 1
	fi
done
python3 -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1]).GetPjrtApi' "$dir/nvidia/pjrt_c_api_cuda_plugin.so"
