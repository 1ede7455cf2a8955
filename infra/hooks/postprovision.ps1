# Puts the providers' keys into Key Vault: every kv:NAME of gateway.json that is not there yet. A key goes from the keyboard (or, where
# nobody sits, from an environment variable) into a file in the user's own temporary folder and from there into the vault: no command
# line, no output and no azd environment ever holds it.
. (Join-Path $PSScriptRoot 'common.ps1')

$configuration = Get-Content -Raw (Join-Path $PSScriptRoot '../../src/Functions/gateway.json')
$names = [regex]::Matches($configuration, '"kv:([0-9A-Za-z-]+)"') | ForEach-Object { $_.Groups[1].Value } | Sort-Object -Unique
if (-not $names) { exit 0 }
$vault = Get-DeploymentOutput 'TOLLGATE_VAULT_NAME'
$interactive = -not $env:CI -and -not [Console]::IsInputRedirected

$present = @()
if ($interactive) {
    try {
        $present = @(Invoke-Az @('keyvault', 'secret', 'list', '--vault-name', $vault, '--query', '[].name', '--output', 'tsv'))
    } catch {
        Write-Host $_.Exception.Message
        Write-Host "The vault $vault could not be read, so no key was asked for. Is az signed in, and in the vault's network where that is private?"
        Write-Host 'Then: azd hooks run postprovision'
        exit 0
    }
    Write-Host "Keys of the providers, for the vault $vault. What you type is not shown; Enter skips. To be asked again: azd hooks run postprovision"
}

$failed = 0
$file = New-TemporaryFile
try {
    foreach ($name in $names) {
        if ($interactive) {
            if ($present -contains $name) { continue }
            $key = (Read-Host -AsSecureString $name | ConvertFrom-SecureString -AsPlainText).Trim()
        } else {
            $key = [Environment]::GetEnvironmentVariable($name.ToUpperInvariant().Replace('-', '_'))
        }
        if (-not $key) {
            Write-Host "Skipped ${name}: providers with `"kv:$name`" in gateway.json fail with upstream_credentials until the vault has it."
            continue
        }
        [IO.File]::WriteAllText($file.FullName, $key)
        try {
            $null = Invoke-Az @('keyvault', 'secret', 'set', '--vault-name', $vault, '--name', $name, '--file', $file.FullName, '--encoding', 'utf-8', '--output', 'none')
            Write-Host "Stored $name."
        } catch {
            Write-Host $_.Exception.Message
            Write-Host "Not stored: $name."
            $failed = 1
        }
    }
} finally {
    Remove-Item -Force $file.FullName
}
exit $failed
