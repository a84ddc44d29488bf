#!/usr/bin/env bash
# Installs into a prefix, moves it, and builds and runs consumers against it: by CMake, and by a Makefile and pkg-config.
source "$(dirname "$0")/consumers.sh"

place=$ADAPM_BUILD/installed
rm -rf "$place"
mkdir -p "$place"
quietly cmake --install "$ADAPM_BUILD" --prefix "$place/first"
mv "$place/first" "$place/prefix"
prefix=$place/prefix
documents=$prefix/share/doc/adapm
libraries=$(dirname "$(find "$prefix" -name libadapm.so)")

# The shared library has a soname, which the linker's name and the file's lead to.
soname=$(objdump -p "$libraries/libadapm.so" | awk '$1 == "SONAME" {print $2}')
[[ $soname =~ ^libadapm\.so\.[0-9]+(\.[0-9]+)?$ && -e $libraries/$soname ]] || fail "soname '$soname'"

# Links in the documents lead somewhere, but for those to source files.
while IFS=: read -r document link; do
  [[ $link == http* || $link == *.[hc]pp || -e $(dirname "$document")/${link%%#*} ]] || fail "$document: a link leads nowhere: $link"
done < <(grep -roE --include='*.md' '\]\([^)# ][^) ]*\)' "$documents" | sed -E 's/:\]\((.*)\)$/:\1/')

# The examples as they were installed, both ways.
build_by_cmake "$prefix" "$documents/examples" "$place/by_cmake" -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
runs_on_ranks "$place/by_cmake"/wave_{cpp,c,fortran}
readelf -d "$place/by_cmake/wave_cpp" | grep -q "NEEDED.*$soname" || fail "wave_cpp does not use the shared library"

cp -r "$documents/examples" "$place/by_make"
export PKG_CONFIG_PATH=$libraries/pkgconfig
quietly make -C "$place/by_make" -j 2
runs_on_ranks "$place/by_make"/wave_{cpp,c,fortran}

# The rest of the Fortran module, by mpif90.
fortran=$place/by_make/fortran_interface
quietly mpif90 -std=f2018 -Wall -Werror -J "$scratch" -c "$(pkg-config --variable=fortran_source adapm)" -o "$fortran.o"
quietly mpif90 -std=f2018 -Wall -Werror -I "$scratch" "$(dirname "$0")/fortran_interface.f90" "$fortran.o" \
  -L "$libraries" -Wl,-rpath,"$libraries" -ladapm -o "$fortran"
(cd "$scratch" && runs_on_ranks "$fortran")
bounded 30 "$fortran" "without a status"
[[ $status == 2 ]] && grep -q "adapm: worker is a null pointer" "$output" || fail "status $status without a status"

# A program for AdaPM.
tests=$(realpath "$(dirname "$0")/..")
ported=$place/by_make/ported
read -ra flags < <(pkg-config --cflags --libs adapm-ps)
quietly mpicxx -std=c++14 "$tests/porting/interface.cc" "${flags[@]}" -Wl,-rpath,"$libraries" -o "$ported"
runs_on_ranks "$ported"

# Other ways to look for it.
consumer=$place/consumer
# find_adapm LANGUAGE WHAT...: configures a project that looks for WHAT and links NAME of its targets.
find_adapm() {
  mkdir -p "$consumer"
  rm -rf "$consumer/build"
  printf 'cmake_minimum_required(VERSION 3.22)\nproject(consumer LANGUAGES %s)\nfind_package(adapm %s)\n' \
    "$1" "$2" >"$consumer/CMakeLists.txt"
  printf '%s\n' "${@:3}" >>"$consumer/CMakeLists.txt"
  cmake -DCMAKE_PREFIX_PATH="$prefix" -S "$consumer" -B "$consumer/build" >"$output" 2>&1
}
find_adapm C "0.1 REQUIRED" \
  "add_executable(wave $documents/examples/wave.c)" "target_link_libraries(wave PRIVATE adapm::c Threads::Threads m)" ||
  fail "a project without C++"
quietly cmake --build "$consumer/build"
find_adapm CXX "0.1 REQUIRED COMPONENTS static" \
  "add_executable(wave $documents/examples/wave.cpp)" "target_link_libraries(wave PRIVATE adapm::static)" ||
  fail "the static library"
quietly cmake --build "$consumer/build"
! readelf -d "$consumer/build/wave" | grep -q libadapm || fail "linked statically, it still uses the shared library"
find_adapm CXX "0.1 REQUIRED COMPONENTS ps" "set(CMAKE_CXX_STANDARD 14)" \
  "add_executable(ported $tests/porting/set_operation.cc)" "target_link_libraries(ported PRIVATE adapm::ps)" ||
  fail "the interface of AdaPM"
quietly cmake --build "$consumer/build"
runs_on_ranks "$consumer/build/ported"
! find_adapm CXX "0.1 REQUIRED COMPONENTS dynamic" || fail "an unknown component was found"
grep -q "dynamic" "$output" || fail "an unknown component is not named"
! find_adapm C "0.1 REQUIRED COMPONENTS fortran" || fail "the module was found without a compiler for it"
grep -q "language Fortran" "$output" || fail "the missing language is not named"
! find_adapm CXX "9.0 REQUIRED" || fail "a version that is not there was found"

# The applications.
bounded 60 "${mpi[@]}" -n 2 "$prefix/bin/adapm-simple"
[[ $status == 0 ]] || fail "status $status of adapm-simple"
