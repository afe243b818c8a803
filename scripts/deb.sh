#!/bin/sh
# deb.sh: build the Debian packages into build/deb. The build runs in a copy, because
# dpkg-buildpackage leaves files beside and among the sources.
set -eu
cd "$(dirname "$0")/.."
if ! command -v dpkg-buildpackage >/dev/null || ! dpkg-checkbuilddeps debian/control; then
	echo "kvmstat: the packages cannot be built without these: sudo apt install dpkg-dev && sudo apt build-dep ." >&2
	exit 1
fi
# The variables that make passes to its children are not for the package.
unset MAKEFLAGS MFLAGS MAKELEVEL
rm -rf build/deb
mkdir -p build/deb/source
tar -c --exclude=./build --exclude=./.git . | tar -x -C build/deb/source
# A package of debugging symbols would also match build/deb/*.deb.
(cd build/deb/source && DEB_BUILD_OPTIONS="noautodbgsym ${DEB_BUILD_OPTIONS:-}" dpkg-buildpackage -b -us -uc)
rm -rf build/deb/source
ls build/deb/*.deb
