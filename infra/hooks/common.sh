# shellcheck shell=sh
# Sourced by the scripts beside it.

# Runs a command again, for five minutes at most, while Azure has not yet spread a role that was just assigned.
retry_unauthorised() {
    attempt=1
    until problem=$("$@" 2>&1 >&3); do
        case $problem in
            *ForbiddenByRbac* | *AuthorizationPermissionMismatch*) ;;
            *) attempt=20 ;;
        esac
        if [ "$attempt" -ge 20 ]; then
            printf '%s\n' "$problem" >&2
            return 1
        fi
        [ "$attempt" -gt 1 ] || echo "Waiting until this deployment's role assignments are in force ..." >&2
        attempt=$((attempt + 1))
        sleep 15
    done 3>&1
}

# An output of the deployment: azd hands it to its hooks, and keeps it for scripts that are run by hand.
output_of_deployment() {
    if value=$(printenv "$1") || value=$(azd env get-value "$1" 2>/dev/null); then
        printf '%s' "$value"
        return
    fi
    echo "$1 is unknown: run this after azd provision, in the folder of azure.yaml." >&2
    return 1
}
