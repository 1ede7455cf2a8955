#!/bin/sh
# Puts the providers' keys into Key Vault: every kv:NAME of gateway.json that is not there yet. A key goes from the keyboard (or, where
# nobody sits, from an environment variable) into a file only its owner can read and from there into the vault: no command line, no
# output and no azd environment ever holds it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/hooks/common.sh
. "$here/common.sh"

names=$(grep -o '"kv:[0-9A-Za-z-]\{1,\}"' "$here/../../src/Functions/gateway.json" | sed 's/^"kv://; s/"$//' | sort -u)
[ -n "$names" ] || exit 0
vault=$(output_of_deployment TOLLGATE_VAULT_NAME)

umask 077
file=$(mktemp)
terminal=$(stty -g 2>/dev/null) || terminal=
# shellcheck disable=SC2317 # the trap below calls it
cleanup() {
    rm -f "$file"
    [ -z "$terminal" ] || stty "$terminal"
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

skipped() { echo "Skipped $1: providers with \"kv:$1\" in gateway.json fail with upstream_credentials until the vault has it."; }

store() {
    # printf and a function's arguments stay inside this shell; a program's arguments would be there for every user to read.
    printf '%s' "$2" >"$file"
    if retry_unauthorised az keyvault secret set --vault-name "$vault" --name "$1" --file "$file" --encoding utf-8 --output none; then
        echo "Stored $1."
    else
        echo "Not stored: $1." >&2
        failed=1
    fi
    : >"$file"
}

failed=0
if [ -t 0 ] && [ -z "${CI:-}" ]; then
    if ! present=$(retry_unauthorised az keyvault secret list --vault-name "$vault" --query '[].name' --output tsv); then
        echo "The vault $vault could not be read, so no key was asked for. Is az signed in, and in the vault's network where that is private?"
        echo "Then: azd hooks run postprovision"
        exit 0
    fi
    echo "Keys of the providers, for the vault $vault. What you type is not shown; Enter skips. To be asked again: azd hooks run postprovision"
    for name in $names; do
        if printf '%s\n' "$present" | grep -qxF "$name"; then
            continue
        fi
        printf '%s: ' "$name"
        stty -echo
        read -r key || key=
        stty "$terminal"
        echo
        if [ -n "$key" ]; then
            store "$name" "$key"
        else
            skipped "$name"
        fi
    done
else
    # A variable that is set always goes into the vault, so that unattended runs can replace a key too.
    for name in $names; do
        key=$(printenv "$(printf '%s' "$name" | tr 'a-z-' 'A-Z_')") || key=
        if [ -n "$key" ]; then
            store "$name" "$key"
        else
            skipped "$name"
        fi
    done
fi
exit "$failed"
