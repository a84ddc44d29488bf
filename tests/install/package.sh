#!/usr/bin/env bash
# The Debian package says what it needs, and holds what was installed.
source "$(dirname "$0")/consumers.sh"
for program in dpkg-deb dpkg-shlibdeps; do
  command -v "$program" >/dev/null || skip "no $program here: apt-get install dpkg-dev"
done

quietly cpack -G DEB --config "$ADAPM_BUILD/CPackConfig.cmake" -B "$scratch"
package=$(echo "$scratch"/adapm_*.deb)
depends=$(dpkg-deb --field "$package" Depends)
for needed in libc6 libstdc++6 libopenmpi libboost-mpi libboost-program-options openmpi-bin libopenmpi-dev; do
  [[ $depends == *"$needed"* ]] || fail "the package does not depend on $needed, only on: $depends"
done

dpkg-deb --extract "$package" "$scratch/root"
for file in lib/libadapm.so lib/libadapm.a lib/cmake/adapm/adapmConfig.cmake lib/pkgconfig/adapm.pc \
  include/adapm/adapm.hpp include/adapm/adapm.h include/adapm/adapm.f90 bin/adapm-simple share/doc/adapm/README.md; do
  [[ -e $scratch/root/usr/$file ]] || fail "the package lacks $file"
done
dpkg-deb --control "$package" "$scratch/control"
grep -q '^libadapm ' "$scratch/control/shlibs" || fail "the package does not say who needs it"
echo "$(basename "$package"): $depends"
