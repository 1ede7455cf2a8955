// The providers' keys. The gateway reads them, the operator writes them.
param name string
param location string
param tags object

@description('Object id of the identity the gateway runs as.')
param appPrincipalId string

@description('Object id of who writes the keys; empty for nobody.')
param operatorPrincipalId string
param operatorPrincipalType string

@description('Reachable through a private endpoint only.')
param private bool

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    // A provider's key can be issued anew: after a week a removed environment's name is free again.
    softDeleteRetentionInDays: 7
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
  }
}

resource app 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, 'gateway', secretsUser)
  scope: vault
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource operator 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorPrincipalId)) {
  name: guid(vault.id, operatorPrincipalId, secretsOfficer)
  scope: vault
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
