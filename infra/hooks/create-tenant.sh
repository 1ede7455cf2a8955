#!/bin/sh
# Makes a tenant and its first key. Usage: create-tenant.sh TENANT [TOKENS A MONTH]; without tokens it has no limit.
# The key is printed once, at the end; the tables hold its SHA-256 only.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/hooks/common.sh
. "$here/common.sh"

# Ranges below are of ASCII, whatever the user's language.
LC_ALL=C
export LC_ALL

tenant=${1:-}
tokens=${2:-}
case $tenant in
    '' | [!A-Za-z0-9]* | *[!A-Za-z0-9._:-]*) wrong=1 ;;
    *) wrong=0 ;;
esac
if [ "$wrong" = 1 ] || [ "${#tenant}" -gt 128 ]; then
    echo "Usage: create-tenant.sh TENANT [TOKENS A MONTH]. A tenant has 1 to 128 of A-Z a-z 0-9 . _ : - and starts with a letter or digit." >&2
    exit 2
fi
case $tokens in
    0* | *[!0-9]*) wrong=1 ;;
esac
if [ "$wrong" = 1 ] || [ "${#tokens}" -gt 15 ]; then
    echo "TOKENS A MONTH is a whole number from 1 to 999999999999999; got '$tokens'." >&2
    exit 2
fi
account=$(output_of_deployment TOLLGATE_STORAGE_NAME)

digest() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c 1-64; }

# az would store whatever reads as a number as one: the type says it is text.
insert() {
    table=$1
    shift
    retry_unauthorised az storage entity insert --account-name "$account" --auth-mode login --table-name "$table" --if-exists fail --output none --entity "$@"
}

set -- "PartitionKey=$tenant" RowKey=tenant
[ -z "$tokens" ] || set -- "$@" "Limits=[{\"unit\":\"tokens\",\"window\":\"month\",\"amount\":$tokens}]"
if ! insert Tenants "$@"; then
    echo "The tenant $tenant was not made; see above. One of that name is left as it is." >&2
    exit 1
fi

key=tg-$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
hash=$(printf '%s' "$key" | digest)
if ! insert Keys "PartitionKey=$(printf '%s' "$hash" | cut -c 1-2)" "RowKey=$hash" "Tenant=$tenant" Tenant@odata.type=Edm.String Name=first; then
    echo "The tenant $tenant is there, but without a key. Remove it and try again:" >&2
    echo "  az storage entity delete --account-name $account --auth-mode login --table-name Tenants --partition-key $tenant --row-key tenant" >&2
    exit 1
fi

echo "Tenant $tenant: ${tokens:-unlimited} tokens a month. Its key, which nobody can show again:"
echo "$key"
