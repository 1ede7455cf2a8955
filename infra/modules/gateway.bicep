// The gateway in one region: a Flex Consumption plan and its site.
import { Scale } from 'types.bicep'

param siteName string
param planName string
param location string
param tags object

@description('What only the site is tagged with: azd finds the service to deploy by it.')
param siteTags object

@description('Resource id of the identity the site runs as.')
param identityId string
param identityClientId string

@description('The region\'s own storage account.')
param storageName string

@description('URL of the container that deployed packages are kept in.')
param deploymentContainerUrl string

@description('Application Insights component.')
param componentName string

@description('URI of the vault behind kv:NAME.')
param vaultUri string

@description('URI of the table service that tenants, keys and usage are in.')
param tableEndpoint string

@description('Settings that depend on options of the deployment.')
param moreSettings { name: string, value: string }[]

@description('Subnet the site sends through; empty for none.')
param subnetId string

param scale Scale

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: siteName
  location: location
  tags: union(tags, siteTags)
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    // Should a kv: reference ever stand in an app setting, it is read as the same identity.
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: scale.instanceMemoryMB
        maximumInstanceCount: scale.maximumInstanceCount
        alwaysReady: scale.alwaysReadyInstances == 0
          ? []
          : [{ name: 'http', instanceCount: scale.alwaysReadyInstances }]
        triggers: {
          http: { perInstanceConcurrency: scale.httpConcurrency }
        }
      }
    }
    siteConfig: {
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      // A caller is another server: no page of any origin may call the gateway from a browser.
      cors: { allowedOrigins: [] }
      appSettings: concat(
        [
          { name: 'TOLLGATE_CONFIG', value: 'gateway.json' }
          { name: 'TOLLGATE_VAULT', value: vaultUri }
          { name: 'TOLLGATE_TABLES', value: tableEndpoint }
          // With both, the SDKs take this identity and try no other kind of credential first.
          { name: 'AZURE_CLIENT_ID', value: identityClientId }
          { name: 'AZURE_TOKEN_CREDENTIALS', value: 'ManagedIdentityCredential' }
          { name: 'AzureWebJobsStorage__accountName', value: storageName }
          { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
          { name: 'AzureWebJobsStorage__clientId', value: identityClientId }
          { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: component.properties.ConnectionString }
          { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identityClientId};Authorization=AAD' }
          { name: 'AzureWebJobsDisableHomepage', value: 'true' }
          // The most that maxRequestBytes may be: the gateway's own limit answers 413 in the caller's dialect, the host's 500.
          { name: 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT', value: '1073741824' }
        ],
        moreSettings
      )
    }
  }

  // Passwords for publishing are refused: azd deploys with an Entra token.
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

output name string = site.name
output baseUrl string = 'https://${site.properties.defaultHostName}/v1'
