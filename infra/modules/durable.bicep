// Durable Task Scheduler: durable state outside of the storage account, one task hub for every region.
param name string
param location string
param tags object

@description('Object id of the identity the gateway runs as.')
param appPrincipalId string

var dataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    // Flex Consumption has no fixed addresses to list; the door is the role below.
    ipAllowlist: ['0.0.0.0/0']
    sku: { name: 'Consumption' }
  }

  resource hub 'taskHubs' = {
    name: 'tollgate'
  }
}

resource app 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler::hub.id, 'gateway', dataContributor)
  scope: scheduler::hub
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributor)
  }
}

output endpoint string = scheduler.properties.endpoint
output hubName string = scheduler::hub.name
