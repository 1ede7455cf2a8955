#!/bin/sh
# Deploys to the second region, where there is one, and says what to do next.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/hooks/common.sh
. "$here/common.sh"

second=$(output_of_deployment TOLLGATE_SECOND_FUNCTION_APP)
if [ -n "$second" ]; then
    # azd finds one site for a service, and a second service on the same project would be published beside it into the same folders.
    # So the package azd makes of the service goes to the second site from here.
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 130' HUP INT TERM
    (cd "$here/../.." && azd package gateway --output-path "$folder/gateway.zip" --no-prompt)
    az functionapp deployment source config-zip --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$(output_of_deployment AZURE_RESOURCE_GROUP)" \
        --name "$second" --src "$folder/gateway.zip" --output none
fi

echo
echo "Tollgate's base URL: $(output_of_deployment TOLLGATE_BASE_URL)"
[ -z "$second" ] || echo "In the second region: $(output_of_deployment TOLLGATE_SECOND_BASE_URL)"
echo "A first tenant with a million tokens a month (prints its key, once):"
echo "  ./infra/hooks/create-tenant.sh acme 1000000"
