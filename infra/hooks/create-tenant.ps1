# Makes a tenant and its first key. Without tokens it has no limit. The key is printed once, at the end; the tables hold its SHA-256 only.
param([string] $Tenant, [string] $TokensAMonth)
. (Join-Path $PSScriptRoot 'common.ps1')

if ($Tenant -cnotmatch '\A[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\z') {
    throw 'Usage: create-tenant.ps1 TENANT [TOKENS A MONTH]. A tenant has 1 to 128 of A-Z a-z 0-9 . _ : - and starts with a letter or digit.'
}
if ($TokensAMonth -and $TokensAMonth -cnotmatch '\A[1-9][0-9]{0,14}\z') {
    throw "TOKENS A MONTH is a whole number from 1 to 999999999999999; got '$TokensAMonth'."
}
$account = Get-DeploymentOutput 'TOLLGATE_STORAGE_NAME'

# az would store whatever reads as a number as one: the type says it is text.
function Add-Entity([string] $Table, [string[]] $Entity) {
    $null = Invoke-Az (@('storage', 'entity', 'insert', '--account-name', $account, '--auth-mode', 'login', '--table-name', $Table,
            '--if-exists', 'fail', '--output', 'none', '--entity') + $Entity)
}

$row = @("PartitionKey=$Tenant", 'RowKey=tenant')
$file = New-TemporaryFile
try {
    if ($TokensAMonth) {
        # From a file: az is a batch file here, and those lose the quotes of their arguments.
        [IO.File]::WriteAllText($file.FullName, "[{`"unit`":`"tokens`",`"window`":`"month`",`"amount`":$TokensAMonth}]")
        $row += "Limits=@$($file.FullName)"
    }
    Add-Entity 'Tenants' $row
} catch {
    throw "The tenant $Tenant was not made; one of that name is left as it is. $($_.Exception.Message)"
} finally {
    Remove-Item -Force $file.FullName
}

$key = 'tg-' + [Convert]::ToHexString([Security.Cryptography.RandomNumberGenerator]::GetBytes(24)).ToLowerInvariant()
$hash = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($key))).ToLowerInvariant()
try {
    Add-Entity 'Keys' @("PartitionKey=$($hash.Substring(0, 2))", "RowKey=$hash", "Tenant=$Tenant", 'Tenant@odata.type=Edm.String', 'Name=first')
} catch {
    throw ("The tenant $Tenant is there, but without a key. Remove it and try again: az storage entity delete --account-name $account " +
        "--auth-mode login --table-name Tenants --partition-key $Tenant --row-key tenant. $($_.Exception.Message)")
}

Write-Host "Tenant ${Tenant}: $($TokensAMonth ? $TokensAMonth : 'unlimited') tokens a month. Its key, which nobody can show again:"
Write-Host $key
