# Dot-sourced by the scripts beside it.
$ErrorActionPreference = 'Stop'
# az's exit code is looked at where it is called, together with what it said.
$PSNativeCommandUseErrorActionPreference = $false

# Runs az again, for five minutes at most, while Azure has not yet spread a role that was just assigned.
function Invoke-Az([string[]] $Arguments) {
    for ($attempt = 1; ; $attempt++) {
        $lines = & az @Arguments 2>&1
        if ($LASTEXITCODE -eq 0) {
            return $lines | Where-Object { $_ -isnot [System.Management.Automation.ErrorRecord] }
        }
        $problem = ($lines | Out-String).Trim()
        if ($attempt -ge 20 -or $problem -notmatch 'ForbiddenByRbac|AuthorizationPermissionMismatch') {
            throw $problem
        }
        if ($attempt -eq 1) {
            Write-Host "Waiting until this deployment's role assignments are in force ..."
        }
        Start-Sleep -Seconds 15
    }
}

# An output of the deployment: azd hands it to its hooks, and keeps it for scripts that are run by hand.
function Get-DeploymentOutput([string] $Name) {
    # Windows has no empty environment variables: an absent one is asked for.
    $value = [Environment]::GetEnvironmentVariable($Name)
    if (-not $value) {
        $value = & azd env get-value $Name 2>$null
        if ($LASTEXITCODE -ne 0) {
            throw "$Name is unknown: run this after azd provision, in the folder of azure.yaml."
        }
    }
    return $value
}
