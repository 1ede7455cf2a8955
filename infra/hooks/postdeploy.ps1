# Deploys to the second region, where there is one, and says what to do next.
. (Join-Path $PSScriptRoot 'common.ps1')

$second = Get-DeploymentOutput 'TOLLGATE_SECOND_FUNCTION_APP'
if ($second) {
    # azd finds one site for a service, and a second service on the same project would be published beside it into the same folders.
    # So the package azd makes of the service goes to the second site from here.
    $folder = New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid()))
    try {
        $package = Join-Path $folder 'gateway.zip'
        Push-Location (Join-Path $PSScriptRoot '../..')
        & azd package gateway --output-path $package --no-prompt
        if ($LASTEXITCODE -ne 0) { throw 'azd package failed.' }
        $null = Invoke-Az @('functionapp', 'deployment', 'source', 'config-zip', '--subscription', $env:AZURE_SUBSCRIPTION_ID,
            '--resource-group', (Get-DeploymentOutput 'AZURE_RESOURCE_GROUP'), '--name', $second, '--src', $package, '--output', 'none')
    } finally {
        Pop-Location
        Remove-Item -Recurse -Force $folder
    }
}

Write-Host
Write-Host "Tollgate's base URL: $(Get-DeploymentOutput 'TOLLGATE_BASE_URL')"
if ($second) { Write-Host "In the second region: $(Get-DeploymentOutput 'TOLLGATE_SECOND_BASE_URL')" }
Write-Host 'A first tenant with a million tokens a month (prints its key, once):'
Write-Host '  ./infra/hooks/create-tenant.ps1 acme 1000000'
