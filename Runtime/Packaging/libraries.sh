# What `bootstrap` needs besides the platform it is deployed to: Amazon Linux 2023 with glibc 2.34 and gcc 11's run-time libraries.
# Sourced by Runtime/bellwether. Everything comes from the packages of the machine that builds.

readonly newest_glibc=2.34 newest_glibcxx=3.4.29

# The platform's own: never bundled, for two C libraries in one process are none.
readonly platform_libraries='^(linux-vdso|ld-linux.*|libc|libm|libdl|libpthread|librt|libresolv|libanl|libutil|libstdc\+\+|libgcc_s)\.so'

# Paths of the shared libraries that PROGRAM loads and the platform does not have.
needed_libraries() {
    LD_LIBRARY_PATH='' ldd "$1" | while read -r name _ path _; do
        [[ ${name##*/} =~ $platform_libraries ]] && continue
        [[ -e $path ]] || fail "$name, which $(basename "$1") needs, is not on this machine"
        printf '%s\n' "$path"
    done
}

# bundle_libraries FOLDER: copies what FOLDER/bootstrap needs to FOLDER/lib, where its DT_RPATH looks first.
bundle_libraries() {
    local folder=$1 path paths
    paths=$(needed_libraries "$folder/bootstrap")
    # Once they are copied, the loader finds the copies, which belong to no package.
    bundled_paths=$paths
    mkdir -p "$folder/lib"
    for path in $paths; do
        cp -L "$path" "$folder/lib/"
        strip --strip-unneeded "$folder/lib/$(basename "$path")"
    done
}

# newest_symbol PREFIX FILES…: the newest version of PREFIX that they ask for, such as 2.34, with the file that asks.
newest_symbol() {
    local prefix=$1 file
    shift
    for file in "$@"; do
        objdump -T "$file" 2>/dev/null | sed -nE "/\*UND\*/s/.*[( ]${prefix}_([0-9.]+)[) ].*/\1 ${file##*/}/p" | sort -uV | tail -n 1
    done | sort -V | tail -n 1
}

# check_symbols FOLDER: refuses a bundle that the platform's loader would refuse.
check_symbols() {
    local folder=$1 prefix limit newest file
    for prefix in GLIBC GLIBCXX; do
        limit=$newest_glibc
        [[ $prefix == GLIBC ]] || limit=$newest_glibcxx
        read -r newest file < <(newest_symbol $prefix "$folder/bootstrap" "$folder"/lib/*) ||
            fail "objdump could not read the symbols of $folder/bootstrap"
        [[ $(printf '%s\n%s\n' "$newest" "$limit" | sort -V | tail -n 1) == "$limit" ]] ||
            fail "$file asks for ${prefix}_$newest, and Lambda's Amazon Linux 2023 has $limit: build on Debian 12 or an older system"
    done
}

# check_binding FOLDER: refuses an executable whose symbols are bound at their first call: the table of addresses must be read-only.
check_binding() {
    readelf -d "$1/bootstrap" | grep -qE 'BIND_NOW|FLAGS_1.* NOW' || fail "$1/bootstrap is not linked with -z now: see Package.swift"
}

# write_manifest FOLDER, after bundle_libraries: FOLDER/bom.json lists what is bundled, with versions. Warns when a newer package is offered.
write_manifest() {
    local folder=$1 offers
    offers=$(printf '%s\n' "$bundled_paths" | python3 "$project/Runtime/Packaging/bill_of_materials.py" "$project" "$folder/bom.json" \
        "lightweight-charts=$charts_version=pkg:npm/lightweight-charts@$charts_version" \
        "swift=$(<"$project/.swift-version")=pkg:generic/swift@$(<"$project/.swift-version")") || fail "the bundle's manifest could not be written"
    [[ -z $offers ]] || say "Warning: newer packages are offered, run apt-get upgrade and build again:"$'\n'"$offers"
}

# Roots of AWS, of the data providers and of the authorities that they have changed to before. Reading all of a system's costs every cold
# start some 30 ms; these cost 2. BELLWETHER_CA names a file with more, such as the region's RDS certificates.
bundle_certificates() {
    local folder=$1 name system=/usr/share/ca-certificates/mozilla
    for name in Amazon_Root_CA_{1,2,3,4} Starfield_Services_Root_Certificate_Authority_-_G2 DigiCert_Global_Root_{CA,G2,G3} \
        DigiCert_High_Assurance_EV_Root_CA GTS_Root_R{1,4} GlobalSign_Root_CA ISRG_Root_X1 USERTrust_RSA_Certification_Authority \
        SSL.com_Root_Certification_Authority_ECC; do
        if [[ -r $system/$name.crt ]]; then cat "$system/$name.crt"; fi
    done >"$folder/ca.pem"
    # Another distribution keeps its certificates in one file: all of them are better than none.
    if [[ ! -s $folder/ca.pem ]]; then
        for name in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
            if [[ -r $name ]]; then cat "$name" >"$folder/ca.pem" && break; fi
        done
    fi
    [[ -s $folder/ca.pem ]] || fail "this machine has no root certificates: install ca-certificates"
    if [[ -n ${BELLWETHER_CA:-} ]]; then
        cat "$BELLWETHER_CA" >>"$folder/ca.pem" || fail "BELLWETHER_CA names $BELLWETHER_CA, which cannot be read"
    fi
}

# Changes when BELLWETHER_CA names other certificates.
certificates_fingerprint() {
    [[ -z ${BELLWETHER_CA:-} ]] || sha256sum <"$BELLWETHER_CA" || fail "BELLWETHER_CA names $BELLWETHER_CA, which cannot be read"
}
