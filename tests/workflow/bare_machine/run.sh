#!/usr/bin/env bash
# The README on a machine that has nothing: a fresh Debian with python3, python3-venv, make and git, and nothing else.
# steps.sh beside this file is what happens in there. The commit that is checked out is tried, not uncommitted changes.
usage="Usage, as root, with debootstrap and git installed: $0 [options]
  --suite NAME         Debian release; by default this machine's, if it is a Debian
  --mirror ADDRESS     Debian mirror; by default the one of this machine's apt, if it is a Debian, else debootstrap's own
  --bind PATH          PATH of this machine at the same place in there, read-only: certificates, a package index
  --env NAME[=VALUE]   a variable in there, for example PIP_INDEX_URL; without a value, as it is here
  --record FILE        write the outcome, as Markdown, to FILE
  --keep               keep the new root, and say where it is"
set -euo pipefail

PACKAGES=python3,python3-venv,make,git
REPOSITORY=$(cd "$(dirname "$0")/../../.." && pwd)
USER_INSIDE=newcomer
HOME_INSIDE=/home/$USER_INSIDE

fail() {
    echo "Error: $*" >&2
    exit 2
}

of_this_debian() { # of_this_debian NAME: a field of os-release; nothing where this machine is no Debian
    (. /etc/os-release && [[ $ID == debian ]] && echo "${!1}") || true
}

mirror_of_apt() { # the mirror that apt uses here for this release
    apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' 2>/dev/null |
        awk -v suite="$1" '$2 == suite {print $1; exit}'
}

read_options() {
    suite=$(of_this_debian VERSION_CODENAME)
    mirror= record= keep= binds=() variables=()
    while (($#)); do
        case $1 in
        --suite | --mirror | --bind | --env | --record) (($# > 1)) || fail "$1: expected a value" ;;&
        --suite) suite=$2 ;;
        --mirror) mirror=$2 ;;
        --bind) binds+=("$(realpath -e "$2")") ;;
        --env)
            [[ $2 == *=* || -v $2 ]] || fail "--env $2: it has no value here"
            if [[ $2 == *=* ]]; then variables+=("$2"); else variables+=("$2=${!2}"); fi
            ;;
        --record) record=$(realpath -m "$2") ;;
        --keep) keep=yes && shift && continue ;;
        -h | --help) echo "$usage" && exit ;;
        *) fail "unknown option $1"$'\n'"$usage" ;;
        esac
        shift 2
    done
    ((EUID == 0)) || fail "root is needed: to make device files, to mount and to change the root"
    for program in debootstrap git unshare; do
        command -v $program >/dev/null || fail "$program not found"
    done
    [[ $suite ]] || fail "--suite: expected a Debian release; this machine is none"
    [[ $mirror || $suite != "$(of_this_debian VERSION_CODENAME)" ]] || mirror=$(mirror_of_apt "$suite")
}

# Everything is mounted in a namespace of its own, which ends with its last process, however that ends: when the root is
# deleted, nothing of this machine can be mounted in it any more.
in_a_namespace() {
    BARE_MACHINE=$(mktemp -d)
    export BARE_MACHINE
    [[ $keep ]] || trap 'rm -rf --one-file-system "$BARE_MACHINE"' EXIT
    local status=0
    unshare --mount --pid --fork --kill-child "$0" "$@" || status=$?
    [[ -z $keep ]] || echo "The root is kept: $BARE_MACHINE/root"
    exit $status
}

make_root() {
    mkdir "$root"
    local started
    started=$(date +%s)
    echo "== root: debootstrap $suite with $PACKAGES"
    debootstrap --variant=minbase --include=$PACKAGES "$suite" "$root" ${mirror:+"$mirror"} >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log" >&2; fail "debootstrap failed"; }
    root_seconds=$(($(date +%s) - started))
    echo "== root: $root_seconds s"
}

mount_what_is_needed() {
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mkdir -p "$root/dev/pts"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
    ln -sf pts/ptmx "$root/dev/ptmx"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    for path in ${binds[@]+"${binds[@]}"}; do
        if [[ -d $path ]]; then mkdir -p "$root$path"; else install -D /dev/null "$root$path"; fi
        mount --bind "$path" "$root$path"
        mount -o remount,bind,ro "$root$path"
    done
}

add_user_and_repository() {
    # Without hard links and without the working tree: what is committed, and nothing else.
    git clone --quiet --bare --no-local "$REPOSITORY" "$root/srv/bornscape.git"
    install -m 755 "$(dirname "$0")/steps.sh" "$root/srv/steps.sh"
    chroot "$root" useradd --create-home --shell /bin/bash $USER_INSIDE
    chroot "$root" chown -R $USER_INSIDE: /srv/bornscape.git
}

take_steps() {
    chroot --userspec=$USER_INSIDE "$root" /usr/bin/env -i "HOME=$HOME_INSIDE" "USER=$USER_INSIDE" \
        PATH=/usr/local/bin:/usr/bin:/bin ${variables[@]+"${variables[@]}"} \
        /bin/bash -c 'cd && exec /srv/steps.sh /srv/bornscape.git' </dev/null
}

inside() { # what a command says in there; nothing if it cannot be run
    chroot --userspec=$USER_INSIDE "$root" /usr/bin/env -i "HOME=$HOME_INSIDE" PATH=/usr/bin:/bin "$@" 2>/dev/null || true
}

outcome() {
    local passed="passed"
    ((status == 0)) || passed="**failed** (status $status)"
    cat <<END
# The README on a bare machine

The last outcome of \`tests/workflow/bare_machine/run.sh\`: a Debian root made by debootstrap that
holds ${PACKAGES//,/, } and nothing else, a user without privileges, a clone of the
repository, and the two commands at the top of the README at the smoke scale. Written by that script
(\`--record docs/measured/bare-machine.md\`). .github/workflows/bare-machine.yml runs it every week.

| what | value |
| --- | --- |
| outcome | $passed |
| date | $(date -u +%F) |
| commit | $(git -C "$root/srv/bornscape.git" -c safe.directory='*' rev-parse --short=12 HEAD) |
| Debian | $(cat "$root/etc/debian_version") ($suite), $(uname -m) |
| Python | $(inside python3 -c 'import platform; print(platform.python_version())') |
| cores | $(nproc), load average $(cut -d ' ' -f 3 /proc/loadavg) over the last 15 minutes |

| step | outcome | seconds |
| --- | --- | --- |
| root (debootstrap) | passed | $root_seconds |
$(cat "$root$HOME_INSIDE/steps.md" 2>/dev/null)
END
    if [[ -f $root$HOME_INSIDE/run.md ]]; then
        echo && cat "$root$HOME_INSIDE/run.md"
    fi
}

main() {
    read_options "$@"
    [[ ${BARE_MACHINE:-} ]] || in_a_namespace "$@"
    root=$BARE_MACHINE/root
    make_root
    mount_what_is_needed
    add_user_and_repository
    status=0
    take_steps || status=$?
    [[ -z $record ]] || outcome >"$record"
    exit $status
}

# In one line at the end: an edit of this file during a run does not change the run.
main "$@"; exit
