// Everything a deployment of Tollgate consists of. `azd up` fills in the first three parameters by itself.
targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; the resource group and every tag carry it.')
param environmentName string

@minLength(1)
@description('Region of everything but what secondLocation adds.')
param location string

@description('Object id of who deploys: may write secrets into the vault and rows into the tables. Empty: nobody may.')
param principalId string = ''

@allowed(['User', 'ServicePrincipal'])
@description('What principalId is.')
param principalType string = 'User'

@allowed([512, 2048, 4096])
@description('Memory of an instance in MB; processor and network come in proportion.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Most instances in a region at once.')
param maximumInstanceCount int = 100

@minValue(0)
@maxValue(100)
@description('Instances that are kept warm, and paid for, in each region. 0: the first call after a quiet time waits for a cold start.')
param alwaysReadyInstances int = 0

@minValue(1)
@maxValue(1000)
@description('Calls one instance serves at a time before another instance is added. A streamed call counts until its last chunk.')
param httpConcurrency int = 100

@allowed(['storage', 'scheduler'])
@description('Where the durable entities that hold budgets live: in the region\'s storage account, or in a Durable Task Scheduler shared by all regions.')
param durableBackend string = 'storage'

@description('Storage and vault reachable through a virtual network only.')
param privateNetworking bool = false

@description('A second region that serves the same tenants; empty for none.')
param secondLocation string = ''

var tags = { 'azd-env-name': environmentName }
var deploymentContainer = 'deployments'

// A second region's names depend on its location, so that moving it makes new resources instead of failing on old ones.
var firstToken = uniqueString(subscription().id, environmentName, location)
var secondToken = uniqueString(subscription().id, environmentName, location, secondLocation)
var regions = concat(
  [
    {
      location: location
      token: firstToken
      tables: ['Keys', 'Tenants']
      siteTags: { 'azd-service-name': 'gateway' }
      addressStart: '10.20'
    }
  ],
  empty(secondLocation)
    ? []
    : [{ location: secondLocation, token: secondToken, tables: [], siteTags: {}, addressStart: '10.21' }]
)

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

// Modules have names of their own: with made up ones, the snapshot could not tell what their outputs refer to.
module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-${firstToken}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: 'log-${firstToken}'
    componentName: 'appi-${firstToken}'
    location: location
    tags: tags
    senderPrincipalId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-${firstToken}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    operatorPrincipalId: principalId
    operatorPrincipalType: principalType
    private: privateNetworking
  }
}

module storage 'modules/storage.bicep' = [
  for (region, i) in regions: {
    name: 'storage-${region.token}'
    scope: group
    params: {
      name: 'st${region.token}'
      location: region.location
      tags: tags
      deploymentContainer: deploymentContainer
      tables: region.tables
      appPrincipalId: identity.outputs.principalId
      // Only the first region's account has rows that an operator writes.
      operatorPrincipalId: i == 0 ? principalId : ''
      operatorPrincipalType: principalType
      private: privateNetworking
    }
  }
]

module durable 'modules/durable.bicep' = if (durableBackend == 'scheduler') {
  name: 'durable'
  scope: group
  params: {
    name: 'dts-${firstToken}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
  }
}

// Said by settings, so that one host.json serves both backends.
var schedulerSettings = durableBackend == 'scheduler'
  ? [
      { name: 'AzureFunctionsJobHost__extensions__durableTask__hubName', value: durable!.outputs.hubName }
      { name: 'AzureFunctionsJobHost__extensions__durableTask__storageProvider__type', value: 'azureManaged' }
      {
        name: 'AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName'
        value: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
      }
      {
        name: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
        value: 'Endpoint=${durable!.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${identity.outputs.clientId}'
      }
    ]
  : []

module network 'modules/network.bicep' = [
  for region in regions: if (privateNetworking) {
    name: 'network-${region.token}'
    scope: group
    params: {
      name: 'vnet-${region.token}'
      location: region.location
      tags: tags
      addressStart: region.addressStart
    }
  }
]

module peering 'modules/peering.bicep' = [
  for (region, i) in regions: if (privateNetworking && length(regions) == 2) {
    name: 'peering-${region.token}'
    scope: group
    dependsOn: [network]
    params: {
      networkName: 'vnet-${region.token}'
      remoteNetworkName: 'vnet-${regions[1 - i].token}'
    }
  }
]

var storageServices = ['blob', 'queue', 'table']
var zoneNames = concat(
  map(storageServices, service => 'privatelink.${service}.${environment().suffixes.storage}'),
  ['privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}']
)

module zones 'modules/private-dns.bicep' = [
  for (zone, i) in zoneNames: if (privateNetworking) {
    name: 'private-dns-${i}'
    scope: group
    dependsOn: [network]
    params: {
      zoneName: zone
      tags: tags
      networkNames: map(regions, region => 'vnet-${region.token}')
    }
  }
]

// One after the other: a storage account takes one change of its connections at a time.
@batchSize(1)
module storageEndpoints 'modules/private-endpoint.bicep' = [
  for i in range(0, length(regions) * length(storageServices)): if (privateNetworking) {
    name: 'endpoint-${storageServices[i % 3]}-${regions[i / 3].token}'
    scope: group
    params: {
      name: 'pep-st${regions[i / 3].token}-${storageServices[i % 3]}'
      location: regions[i / 3].location
      tags: tags
      subnetId: network[i / 3]!.outputs.endpointsSubnetId
      resourceId: storage[i / 3].outputs.id
      service: storageServices[i % 3]
      zoneId: zones[i % 3]!.outputs.id
    }
  }
]

module vaultEndpoint 'modules/private-endpoint.bicep' = if (privateNetworking) {
  name: 'endpoint-vault'
  scope: group
  params: {
    name: 'pep-kv-${firstToken}'
    location: location
    tags: tags
    subnetId: network[0]!.outputs.endpointsSubnetId
    resourceId: vault.outputs.id
    service: 'vault'
    zoneId: zones[3]!.outputs.id
  }
}

module gateway 'modules/gateway.bicep' = [
  for (region, i) in regions: {
    name: 'gateway-${region.token}'
    scope: group
    // A host that starts before it can reach its storage keeps failing until it is restarted.
    dependsOn: [monitoring, storageEndpoints, vaultEndpoint, peering]
    params: {
      siteName: 'func-${region.token}'
      planName: 'asp-${region.token}'
      location: region.location
      tags: tags
      siteTags: region.siteTags
      identityId: identity.outputs.id
      identityClientId: identity.outputs.clientId
      storageName: 'st${region.token}'
      deploymentContainerUrl: '${storage[i].outputs.blobEndpoint}${deploymentContainer}'
      componentName: 'appi-${firstToken}'
      vaultUri: vault.outputs.uri
      tableEndpoint: storage[0].outputs.tableEndpoint
      moreSettings: schedulerSettings
      subnetId: privateNetworking ? network[i]!.outputs.gatewaySubnetId : ''
      scale: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReadyInstances: alwaysReadyInstances
        httpConcurrency: httpConcurrency
      }
    }
  }
]

output AZURE_RESOURCE_GROUP string = group.name
output TOLLGATE_BASE_URL string = gateway[0].outputs.baseUrl
output TOLLGATE_FUNCTION_APP string = gateway[0].outputs.name
output TOLLGATE_SECOND_BASE_URL string = empty(secondLocation) ? '' : gateway[1].outputs.baseUrl
output TOLLGATE_SECOND_FUNCTION_APP string = empty(secondLocation) ? '' : gateway[1].outputs.name
output TOLLGATE_STORAGE_NAME string = storage[0].outputs.name
output TOLLGATE_VAULT_NAME string = vault.outputs.name
