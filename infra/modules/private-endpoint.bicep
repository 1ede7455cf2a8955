// A private address for one service of one resource.
param name string
param location string
param tags object
param subnetId string
param resourceId string

@description('What the resource calls the service: blob, queue, table, vault.')
param service string

@description('Private DNS zone that gets the address.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2024-10-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: service
        properties: {
          privateLinkServiceId: resourceId
          groupIds: [service]
        }
      }
    ]
  }

  resource zones 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: service
          properties: { privateDnsZoneId: zoneId }
        }
      ]
    }
  }
}
