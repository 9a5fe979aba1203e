#!/bin/sh
# Installs the Debian packages listed in .ci/packages.NAME for each NAME given, if any is missing.
set -eu
here=$(dirname "$0")
lists=
for name in "$@"; do lists="$lists $here/packages.$name"; done
# shellcheck disable=SC2086  # both are lists of names
wanted=$(sed 's/#.*//' $lists)
# shellcheck disable=SC2086
have=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null) || true
missing=
for package in $wanted; do
  case "
$have
" in *"
installed $package
"*) ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0
as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null ||
    { echo "missing:$missing; install them as root, expected root or sudo" >&2; exit 1; }
  as_root=sudo
fi
echo "installing:$missing"
# shellcheck disable=SC2086
{
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 $missing >/dev/null
}
